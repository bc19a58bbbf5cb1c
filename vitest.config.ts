import { defineConfig } from 'vitest/config';

/** The kinds of test, told apart by the end of their file name (see CONTRIBUTING.md). */
function kind(
  name: string,
  suffix: string,
  timeout_ms: number,
  options: { exclude?: string[]; fileParallelism: boolean; globalSetup?: string },
) {
  return {
    test: {
      name,
      include: [`{workloads,platform,tools,cdk8s,charts,loadtest,docs}/**/*.${suffix}.ts`],
      exclude: ['**/node_modules/**', ...(options.exclude ?? [])],
      testTimeout: timeout_ms,
      hookTimeout: timeout_ms,
      fileParallelism: options.fileParallelism,
      globalSetup: options.globalSetup ?? [],
    },
  };
}

export default defineConfig({
  test: {
    // The fault tests stop six servers at their end; cut off after Vitest's own 10 s, some would be left running.
    teardownTimeout: 120_000,
    projects: [
      kind('unit', 'test', 60_000, { exclude: ['**/*.{int,e2e,api,cluster,faults}.test.ts'], fileParallelism: true }),
      kind('servers', 'int.test', 600_000, { fileParallelism: false }),
      kind('browser', 'e2e.test', 120_000, { fileParallelism: false }),
      kind('api', 'api.test', 900_000, { fileParallelism: false }),
      kind('faults', 'faults.test', 1_800_000, { fileParallelism: false, globalSetup: 'tools/faults/servers.testing.ts' }),
      kind('cluster', 'cluster.test', 1_800_000, { fileParallelism: false }),
    ],
  },
});
