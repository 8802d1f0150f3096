/**
 * @typedef {{passed: number, failed: number, skipped: number}} Counts
 */

/**
 * A runner that ended without a readable report counts as one failure: silence is never success.
 */
export const noReport = Object.freeze({ passed: 0, failed: 1, skipped: 0 });

/**
 * Counts from Vitest's JSON report. A file that failed outside its tests (an import that throws)
 * counts as one failure.
 * @param {{testResults: {status: string, assertionResults: {status: string}[]}[]} | null} report
 * @returns {Counts}
 */
export function vitestCounts(report) {
  if (!Array.isArray(report?.testResults)) return { ...noReport };
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const file of report.testResults) {
    let failedHere = 0;
    for (const { status } of file.assertionResults) {
      if (status === 'passed') counts.passed++;
      else if (status === 'failed') failedHere++;
      else counts.skipped++;
    }
    if (file.status === 'failed' && failedHere === 0) failedHere = 1;
    counts.failed += failedHere;
  }
  return counts;
}

/**
 * Counts from Playwright's JSON report. A test that passed only when tried again counts as failed,
 * and so does each error outside the tests.
 * @param {{stats: {expected: number, unexpected: number, flaky: number, skipped: number}, errors?:
 *   unknown[]} | null} report
 * @returns {Counts}
 */
export function playwrightCounts(report) {
  const stats = report?.stats;
  if (stats === undefined || stats === null) return { ...noReport };
  return {
    passed: stats.expected,
    failed: stats.unexpected + stats.flaky + (report.errors?.length ?? 0),
    skipped: stats.skipped,
  };
}

/** The titles of all tests in a Playwright report, as "file: group: test". */
export function playwrightTitles(report) {
  const titles = [];
  const visit = (suite, path) => {
    const here = suite.title ? [...path, suite.title] : path;
    for (const spec of suite.specs ?? []) titles.push([...here, spec.title].join(': '));
    for (const inner of suite.suites ?? []) visit(inner, here);
  };
  for (const suite of report?.suites ?? []) visit(suite, []);
  return titles;
}

/** Sums counts. @param {readonly Counts[]} all @returns {Counts} */
export const sumCounts = (all) =>
  all.reduce(
    (sum, { passed, failed, skipped }) => ({
      passed: sum.passed + passed,
      failed: sum.failed + failed,
      skipped: sum.skipped + skipped,
    }),
    { passed: 0, failed: 0, skipped: 0 },
  );

/**
 * What a test run ends with: the number skipped on a line of its own (when any were), then "N
 * passed, M failed".
 * @param {Counts} counts
 * @returns {string[]}
 */
export function closingLines({ passed, failed, skipped }) {
  const lines = skipped > 0 ? [`${skipped} skipped`] : [];
  return [...lines, `${passed} passed, ${failed} failed`];
}

/**
 * Exit status of a test run: 0 only when tests ran, none failed, and each runner itself ended well.
 * @param {Counts} counts
 * @param {readonly number[]} runnerStatuses
 */
export const exitStatus = ({ passed, failed }, runnerStatuses) =>
  passed > 0 && failed === 0 && runnerStatuses.every((status) => status === 0) ? 0 : 1;
