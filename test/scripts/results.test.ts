import { describe, expect, it } from 'vitest';
import {
  closingLines,
  exitStatus,
  playwrightCounts,
  playwrightTitles,
  sumCounts,
  vitestCounts,
} from '../../scripts/verbs/results.mjs';

const file = (status: string, ...tests: string[]) => ({
  status,
  assertionResults: tests.map((test) => ({ status: test })),
});

describe('counts of the tests in Node', () => {
  it('are per test, with pending and todo as skipped', () => {
    const report = {
      testResults: [
        file('passed', 'passed', 'skipped', 'pending', 'todo'),
        file('failed', 'passed', 'failed', 'failed'),
      ],
    };
    expect(vitestCounts(report)).toEqual({ passed: 2, failed: 2, skipped: 3 });
  });

  it('count a file that failed to load as one failure', () => {
    expect(vitestCounts({ testResults: [file('failed')] })).toEqual({
      passed: 0,
      failed: 1,
      skipped: 0,
    });
  });

  it('count a missing report as one failure', () => {
    expect(vitestCounts(null).failed).toBe(1);
    expect(playwrightCounts(null).failed).toBe(1);
  });
});

describe('counts of the tests in a browser', () => {
  it('take flaky tests and errors outside of tests as failures', () => {
    const report = {
      stats: { expected: 3, unexpected: 1, flaky: 1, skipped: 2 },
      errors: [{ message: 'the configuration throws' }],
    };
    expect(playwrightCounts(report)).toEqual({ passed: 3, failed: 3, skipped: 2 });
  });

  it('are listed by file, group and title', () => {
    const report = {
      suites: [
        {
          title: 'lab.spec.ts',
          specs: [{ title: 'opens' }],
          suites: [{ title: 'import', specs: [{ title: 'a folder' }] }],
        },
      ],
    };
    expect(playwrightTitles(report)).toEqual([
      'lab.spec.ts: opens',
      'lab.spec.ts: import: a folder',
    ]);
  });
});

describe('the end of a test run', () => {
  it('sums both runners and ends with one plain line', () => {
    const counts = sumCounts([
      { passed: 2, failed: 0, skipped: 1 },
      { passed: 5, failed: 1, skipped: 0 },
    ]);
    expect(closingLines(counts)).toEqual(['1 skipped', '7 passed, 1 failed']);
  });

  it('has no line about skipped tests when there are none', () => {
    expect(closingLines({ passed: 1, failed: 0, skipped: 0 })).toEqual(['1 passed, 0 failed']);
  });

  it('is a success only when tests ran, none failed, and each runner ended well', () => {
    const good = { passed: 1, failed: 0, skipped: 0 };
    expect(exitStatus(good, [0, 0])).toBe(0);
    expect(exitStatus(good, [0, 1])).toBe(1);
    expect(exitStatus({ ...good, failed: 1 }, [0])).toBe(1);
    expect(exitStatus({ passed: 0, failed: 0, skipped: 4 }, [0])).toBe(1);
  });
});
