import { expect, test } from '@playwright/test';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Home } from './support/lab-process';

/** The demo's own experiment with everything made small; `iqalab demo` itself takes minutes. */
const demo = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../resources/experiments/demo.json'), 'utf8'),
) as { pairs: { trainer: object }[] };
const small = {
  ...demo,
  name: 'Small demo',
  dataset: { demo: { images: 40 } },
  pairs: demo.pairs.map((pair) => ({
    ...pair,
    trainer: { ...pair.trainer, epochs: 1, trainViews: 4, testViews: 4 },
  })),
};

const home = new Home();
test.afterAll(() => home.remove());
test.beforeAll(() => writeFileSync(join(home.path, 'small.json'), JSON.stringify(small)));

const run = (workspace: string) =>
  home.run('run', 'small.json', '--workspace', workspace, '--engine', 'cpu');

/** The rows of the summary table: numbers only, so equal seeds must give equal lines. */
const numbers = (out: string) => out.split('\n').filter((line) => /^(baseline|\+NT) /.test(line));

test('an experiment ends with a summary, figures and tables, and gives the same numbers again', async () => {
  const first = await run('one');
  expect(first.code, first.notes).toBe(0);
  expect(first.out).toContain('synthetic pictures, simulated raters');
  expect(numbers(first.out)).toHaveLength(2);
  const folder = /figures and tables in (.*)$/m.exec(first.out)?.[1] ?? '';
  expect(existsSync(folder), folder).toBe(true);

  const again = await run('one');
  expect(again.notes).not.toContain(' ...'); // No job was started.
  expect(numbers(again.out)).toEqual(numbers(first.out));

  const elsewhere = await run('two');
  expect(numbers(elsewhere.out)).toEqual(numbers(first.out));
});
