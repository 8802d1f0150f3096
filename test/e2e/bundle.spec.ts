import { expect, test } from '@playwright/test';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Home } from './support/lab-process';
import { look } from './support/look';

/** The demo's own experiment with everything made as small as it can be. */
const demo = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../resources/experiments/demo.json'), 'utf8'),
) as { pairs: { trainer: object }[] };
const small = {
  ...demo,
  name: 'Small demo',
  dataset: { demo: { images: 24 } },
  pairs: demo.pairs.map((pair) => ({
    ...pair,
    trainer: { ...pair.trainer, epochs: 1, trainViews: 2, testViews: 2 },
  })),
  figures: [],
  tables: [],
};

const home = new Home();
test.afterAll(() => home.remove());
test.use({ viewport: { width: 1440, height: 900 } });

test('a person goes from finished runs to a paper bundle, and a recipe of it gives the same numbers', async ({
  page,
}, info) => {
  writeFileSync(join(home.path, 'small.json'), JSON.stringify(small));
  const made = await home.run('run', 'small.json', '--workspace', 'lab', '--engine', 'cpu');
  expect(made.code, made.notes).toBe(0);
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  const id = (name: string) => page.getByTestId(name);
  const lab = home.start('serve', '--workspace', 'lab');
  const [address] = await lab.says(/http:\/\/127\.0\.0\.1:\d+\/\?token=\S+/);
  await page.goto(address);
  await id('stage-compare').click();
  await id('figure-before-after').click();

  await test.step('the export sheet shows the figure at its printed size, and follows its fields', async () => {
    await id('export-open').click();
    const preview = id('export-preview');
    // 96 pixels to the inch: 3.25 in are 312, 5 in are 480.
    await expect.poll(async () => (await preview.boundingBox())?.width).toBeCloseTo(312, 0);
    await look(page, info, 'export-sheet');
    await id('export-width').fill('5');
    await expect.poll(async () => (await preview.boundingBox())?.width).toBeCloseTo(480, 0);
    await id('export-pdf').click();
    await expect(id('exported-file')).toContainText('.pdf');
    await expect(id('exported-recipe')).toBeVisible();
    await page.keyboard.press('Escape');
  });

  await test.step('the origin of a figure and of a column of a table is one click away', async () => {
    await id('origin-open').click();
    await expect(id('origin-run')).toHaveCount(2);
    await expect(id('origin-sheet')).toContainText('Weights, SHA-256');
    await look(page, info, 'origin');
    await page.keyboard.press('Escape');
    await id('stage-tables').click();
    await id('table-clean').click();
    await id('column-origin').last().click();
    await expect(id('origin-run')).toHaveCount(1);
    await expect(id('origin-run')).toContainText('+NT');
    await page.keyboard.press('Escape');
    await id('stage-compare').click();
  });

  let folder = '';
  await test.step('everything leaves as one folder whose checksums fit', async () => {
    await id('bundle-open').click();
    await id('bundle-name').fill('paper');
    await id('bundle-write').click();
    await expect(id('bundle-done')).toBeVisible({ timeout: 60_000 });
    await look(page, info, 'bundle');
    folder = await id('bundle-done').locator('code').innerText();
    const sums = readFileSync(join(folder, 'SHA256SUMS'), 'utf8').trim().split('\n');
    expect(sums.length).toBeGreaterThan(100);
    for (const line of sums) {
      const [sum = '', name = ''] = line.split('  ');
      const content = readFileSync(join(folder, name));
      expect(createHash('sha256').update(content).digest('hex'), name).toBe(sum);
    }
    expect(readdirSync(folder)).toContain('README.txt');
    // A second one of this name is not written over the first unasked.
    await id('bundle-write').click();
    await expect(id('bundle-dialog')).toContainText('already');
  });
  expect(complaints).toEqual([]);
  lab.kill('SIGTERM');
  await lab.finished;

  await test.step('a recipe of the bundle makes its numbers again from nothing', async () => {
    const recipe = join(folder, 'figures', 'norm-density.recipe.json');
    const again = await home.run('reproduce', recipe, '--workspace', 'again');
    expect(again.code, again.notes).toBe(0);
    expect(again.out).toContain('numbers are equal to the last digit');
    expect(again.notes).not.toContain('Nothing was run again');
  });
});
