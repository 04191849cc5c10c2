// Prints `N passed, N failed, N skipped` from vitest's JSON report; ends with 1 when anything failed or nothing ran.
import { readFileSync } from 'node:fs';

interface TestFile {
  readonly status: string;
  readonly assertionResults: readonly { readonly status: string }[];
}

const [reportPath] = process.argv.slice(2);
const text = reportPath ? readFileSync(reportPath, 'utf8') : '';
const files: readonly TestFile[] = text ? JSON.parse(text).testResults : [];

const tests = files.flatMap((file) => file.assertionResults.map((test) => test.status));
// A file that could not be loaded has no tests to fail, and must still count.
const brokenFiles = files.filter((file) => file.status === 'failed' && !has(file, 'failed')).length;

const passed = count('passed');
const failed = count('failed') + brokenFiles;
console.log(`${passed} passed, ${failed} failed, ${tests.length - passed - count('failed')} skipped`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;

function count(status: string): number {
  return tests.filter((test) => test === status).length;
}

function has(file: TestFile, status: string): boolean {
  return file.assertionResults.some((test) => test.status === status);
}
