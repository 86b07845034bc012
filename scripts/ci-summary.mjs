// `node scripts/ci-summary.mjs REPORT`: the closing line of .ci/run from vitest's JSON report.
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * "N passed, N failed", and ", N skipped" if any. A test file that could not even be loaded counts as one failed.
 * @param {{ numPassedTests: number, numFailedTests: number, numPendingTests: number, numTodoTests: number,
 *   testResults: readonly { status: string, assertionResults: readonly unknown[] }[] }} report
 * @returns {{ line: string, ok: boolean }} ok: something ran and nothing failed
 */
export function summary(report) {
  const unloaded = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
  const failed = report.numFailedTests + unloaded.length;
  const skipped = report.numPendingTests + report.numTodoTests;
  const line = `${report.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
  return { line, ok: report.numPassedTests > 0 && failed === 0 };
}

if (process.argv[1] && fs.realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const file = process.argv[2] ?? '';
  const { line, ok } = fs.existsSync(file)
    ? summary(JSON.parse(fs.readFileSync(file, 'utf8')))
    : { line: '0 passed, 0 failed', ok: false };
  process.stdout.write(`${line}\n`);
  process.exitCode = ok ? 0 : 1;
}
