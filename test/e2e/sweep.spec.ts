import { expect, test } from '@playwright/test';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Home } from './support/lab-process';
import { look } from './support/look';

/** The demo's own experiment with everything made small: one pair, scored and attacked. */
const demo = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../resources/experiments/demo.json'), 'utf8'),
) as { pairs: { trainer: object; nt?: object }[] };
const small = {
  ...demo,
  name: 'Sweep',
  dataset: { demo: { images: 40 } },
  pairs: demo.pairs.map((pair) => ({
    ...pair,
    trainer: { ...pair.trainer, epochs: 1, trainViews: 4, testViews: 4 },
  })),
  norms: [],
  figures: [],
  tables: [],
};

const home = new Home();
test.afterAll(() => home.remove());
test.use({ viewport: { width: 1440, height: 900 } });

test('a person sweeps lambda, watches the figure fill, and looks at the pictures behind it', async ({
  page,
}, info) => {
  // A minute on a machine of its own; a busy one gets the time four short trainings may take.
  test.setTimeout(600_000);
  writeFileSync(join(home.path, 'small.json'), JSON.stringify(small));
  const made = await home.run('run', 'small.json', '--workspace', 'one');
  expect(made.code, made.notes).toBe(0);
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  const id = (name: string) => page.getByTestId(name);

  await test.step('the form says what a sweep would do, and what exists already', async () => {
    const lab = home.start('serve', '--workspace', 'one');
    const [address] = await lab.says(/http:\/\/127\.0\.0\.1:\d+\/\?token=\S+/);
    await page.goto(address);
    await page.keyboard.press('3');
    await id('pair-new').click();
    await page.getByText('Expert').click();
    for (const [setting, value] of [
      ['epochs', '1'],
      ['trainViews', '4'],
      ['testViews', '4'],
    ] as const) {
      await id(`param-trainer-${setting}`).fill(value);
    }
    await id('sweep-vary').selectOption('nt.lambda');
    await id('axis-list').fill('0.0001, 0.001, two');
    await expect(id('pair-plan')).toContainText('"two" is not a number');
    await expect(id('pair-create')).toBeDisabled();
    await id('axis-nt.lambda').getByText('Range').click();
    await id('axis-from').fill('0.0001');
    await id('axis-to').fill('0.01');
    await id('axis-count').fill('3');
    await id('axis-scale').selectOption('log');
    await expect(id('axis-nt.lambda')).toContainText('3 values: 0.0001, 0.001, 0.01');
    await id('sweep-attack-fgsm').check();
    await expect(id('pair-plan')).toContainText('3 pairs:');
    await id('sweep-block').scrollIntoViewIfNeeded();
    await look(page, info, 'sweep-01-form');
  });

  await test.step('the sweep fills its figure and is held and resumed as one', async () => {
    await id('pair-create').click();
    await expect(id('sweep-stage')).toBeVisible();
    await id('group-pause').click();
    await expect(id('grid-overall')).toHaveAttribute('data-state', 'paused');
    await id('queue-open').click();
    await expect(id('queue-held')).toContainText('CNNIQA, 3 values of lambda');
    await look(page, info, 'sweep-02-queue');
    await page.keyboard.press('Escape');
    await id('grid-overall').getByTestId('group-resume').click();
    await expect(id('grid-overall')).toHaveAttribute('data-state', 'done', { timeout: 300_000 });
    await expect(id('group-results')).toContainText('over the weight λ');
    await expect(id('group-results')).not.toContainText('not measured');
    await expect(id('sweep-run')).toHaveCount(4);
    await look(page, info, 'sweep-03-filled');
  });

  await test.step('a brush in one figure picks the same pictures everywhere', async () => {
    await page.keyboard.press('6');
    await id('figure-before-after').click();
    const chart = id('chart').first();
    await expect(chart).toHaveAttribute('data-points', /^[1-9]/);
    const box = await chart.boundingBox();
    if (!box) throw new Error('the chart has a place');
    await page.mouse.move(box.x + 0.1 * box.width, box.y + 0.1 * box.height);
    await page.mouse.down();
    await page.mouse.move(box.x + 0.9 * box.width, box.y + 0.9 * box.height, { steps: 4 });
    await page.mouse.up();
    await expect(id('picked-strip')).toHaveAttribute('data-count', /^[1-9]/);
    const count = Number(await id('picked-strip').getAttribute('data-count'));
    expect(count).toBeGreaterThan(0);
    await expect(id('point-detail')).toContainText('MOS, lab scale');
    await look(page, info, 'sweep-04-brushed');
    await id('figure-absolute-change').click();
    await expect(id('picked-strip')).toHaveAttribute('data-count', String(count));
    await expect(id('selected-marks')).toBeVisible();
    await id('figure-as-table').click();
    await id('only-picked').check();
    await id('pick-by-range').locator('summary').click();
    await id('pick-quantity').selectOption('change');
    await id('pick-from').fill('1000');
    await id('pick-select').click();
    await expect(id('picked-strip')).toContainText('No picture selected');
  });

  await test.step('what is older than the stored results is marked and never replaced unasked', async () => {
    await id('figure-as-table').click();
    await expect(id('stale-corner')).toBeHidden();
    await page.keyboard.press('3');
    await id('pair-row').first().click();
    await id('evaluate-start').click();
    await page.keyboard.press('6');
    await expect(id('stale-corner')).toBeVisible({ timeout: 60_000 });
    await look(page, info, 'sweep-05-stale');
    await id('study-reload').click();
    await expect(id('study-stale')).toBeHidden();
  });

  expect(complaints).toEqual([]);
});
