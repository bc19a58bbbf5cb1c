import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

interface Cruise {
  readonly summary: {
    readonly totalCruised: number;
    readonly totalDependenciesCruised: number;
    readonly violations: readonly { rule: { name: string }; from: string; to: string }[];
  };
  readonly modules: readonly { readonly source: string; readonly dependencies: readonly { resolved: string }[] }[];
}

/** Cruises the sources with the rules of .dependency-cruiser.cjs. */
function cruise(): Cruise {
  const command = ['workloads', 'platform', 'cdk8s', 'tools', '--config', '.dependency-cruiser.cjs', '--output-type', 'json'];
  const { stdout, stderr } = spawnSync('node_modules/.bin/depcruise', command, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (stdout === '') throw new Error(`dependency-cruiser said nothing: ${stderr}`);
  return JSON.parse(stdout);
}

it('every import keeps to the rules of the house', () => {
  const { summary, modules } = cruise();
  // A parser that silently understands nothing would find nothing wrong: it must have seen these.
  const fold = modules.find((module) => module.source === 'platform/fold/fold.ts');
  expect(fold?.dependencies.map((dependency) => dependency.resolved)).toContain('platform/fold/owner.ts');
  const ordersFold = modules.find((module) => module.source === 'workloads/orders/orders-fold.ts');
  expect(ordersFold?.dependencies.map((dependency) => dependency.resolved)).toContain('platform/tables/tables.ts');
  const manifests = modules.find((module) => module.source === 'cdk8s/app.ts');
  expect(manifests?.dependencies.map((dependency) => dependency.resolved)).toContain('workloads/catalogue.ts');
  expect(summary.totalCruised).toBeGreaterThan(50);
  expect(summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`)).toEqual([]);
});
