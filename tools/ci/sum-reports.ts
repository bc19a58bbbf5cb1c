/**
 * Sums the reports of the test runs: `node tools/ci/sum-reports.ts DIRECTORY [FAILED STEP…]`. Prints what failed, what was
 * skipped, and last one line `N passed, N failed, N skipped`; exits 1 when anything failed or nothing ran. A step that
 * failed counts as one failure, so that a run that broke before its report cannot pass.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly { readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[] }[];
}

const [directory, ...failedSteps] = process.argv.slice(2);
if (!directory) {
  process.stderr.write('usage: node tools/ci/sum-reports.ts DIRECTORY [FAILED STEP…]\n');
  process.exit(2);
}

let passed = 0;
let failed = failedSteps.length;
let skipped = 0;
for (const step of failedSteps) console.log(`failed step: ${step}`);
for (const file of readdirSync(directory).filter((name) => name.endsWith('.json'))) {
  const report: Report = JSON.parse(readFileSync(join(directory, file), 'utf8'));
  passed += report.numPassedTests;
  failed += report.numFailedTests;
  for (const { fullName, status } of report.testResults.flatMap((result) => result.assertionResults)) {
    if (status === 'failed') console.log(`failed: ${file}: ${fullName}`);
    if (status === 'skipped' || status === 'pending' || status === 'todo') {
      skipped++;
      console.log(`skipped: ${file}: ${fullName}`);
    }
  }
}
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);
