import { expect, test, type Page } from '@playwright/test';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { Home } from './support/lab-process';
import { look } from './support/look';

const home = new Home();
test.afterAll(() => home.remove());
test.use({ viewport: { width: 1440, height: 900 } });

const startMs = 60_000;
const side = 232;

interface Setting {
  readonly model: string;
  readonly preset: string;
  /** Over the preset: the same network made small, and few steps. */
  readonly fields: Readonly<Record<string, string>>;
  readonly choices?: Readonly<Record<string, string>>;
}

/** The paper's four models, each from the preset of Table S5 and then made small enough to watch. */
const settings: readonly Setting[] = [
  {
    model: 'hyperiqa',
    preset: 'paper',
    fields: {
      'model-width': '0.0625',
      'trainer-epochs': '6',
      'trainer-batchSize': '2',
      'trainer-trainViews': '2',
      'trainer-testViews': '1',
    },
  },
  {
    model: 'dbcnn',
    preset: 'paper',
    fields: {
      'model-width': '0.0625',
      'trainer-fcEpochs': '2',
      'trainer-epochs': '4',
      'trainer-batchSize': '2',
    },
  },
  {
    model: 'linearityiqa',
    preset: 'paper',
    fields: { 'model-width': '0.0625', 'trainer-epochs': '30' },
    choices: { 'model-backbone': 'resnet18' },
  },
  {
    model: 'maniqa',
    preset: 'paper',
    fields: {
      'model-pictureSize': '64',
      'model-channels': '16',
      'model-heads': '2',
      'trainer-epochs': '20',
      'trainer-trainViews': '2',
      'trainer-testViews': '1',
    },
  },
];

test('each of the four models is set up from its preset, started, paused and resumed, with its curves', async ({
  page,
}, info) => {
  await prepare();
  const lab = home.start('serve', '--workspace', 'lab');
  const [address] = await lab.says(/http:\/\/127\.0\.0\.1:\d+\/\?token=\S+/);
  await page.goto(address);
  const id = (name: string) => page.getByTestId(name);
  await id('stage-train').click();

  for (const [index, { model, preset, fields, choices = {} }] of settings.entries()) {
    await test.step(`${model} is set up from its preset`, async () => {
      if (index > 0) await id('pair-new').click();
      await id('level').getByText('Expert').click();
      await id('pair-model').selectOption(model);
      await id('pair-name').fill(`Small ${model}`);
      await id(`preset-${preset}`).click();
      await expect(id('departures')).toHaveText('Every stated value is the paper’s.');
      await id('pair-start-scratch').check();
      for (const [name, value] of Object.entries(choices)) {
        await id(`param-${name}`).selectOption(value);
      }
      for (const [name, value] of Object.entries(fields)) await id(`param-${name}`).fill(value);
      await look(page, info, `models-${model}-1-form`);
    });

    if (index === 0) {
      await test.step('a check before starting measures both twins', async () => {
        await id('pair-check').click();
        await expect(id('preflight')).toBeVisible({ timeout: startMs });
        await expect(id('preflight')).toContainText('Memory');
        await id('preflight').scrollIntoViewIfNeeded();
        await look(page, info, `models-${model}-2-check`);
      });
    }

    await test.step(`${model} is started, paused and resumed, and draws its curves`, async () => {
      await id('pair-create').click();
      const baseline = id('run-baseline');
      await expect(baseline).toHaveAttribute('data-state', 'running', { timeout: startMs });
      await baseline.getByTestId('job-pause').click();
      await expect(baseline).toHaveAttribute('data-state', 'paused', { timeout: startMs });
      await look(page, info, `models-${model}-3-paused`);
      await baseline.getByTestId('job-resume').click();
      await expect(baseline).toHaveAttribute('data-state', /running|done/);
      const curve = id('chart').first();
      await expect(curve).toBeVisible();
      await expect(curve).toHaveAttribute('aria-label', /over \d+ steps/, { timeout: startMs });
      await look(page, info, `models-${model}-4-curves`);
      await endBoth(page);
    });
  }
});

/** Frees the worker for the next model. A button may go while it is reached for: a job starts or ends by itself. */
async function endBoth(page: Page): Promise<void> {
  await expect(async () => {
    for (const regime of ['nt', 'baseline']) {
      const run = page.getByTestId(`run-${regime}`);
      const end = run.getByTestId('job-cancel').or(run.getByTestId('job-stop'));
      if (await end.isVisible()) await end.click({ timeout: 2000 });
      await expect(run).not.toHaveAttribute('data-state', /running|queued/, { timeout: 2000 });
    }
  }).toPass({ timeout: startMs });
}

/** Ten pictures with ratings, imported and split on the command line. */
async function prepare(): Promise<void> {
  const folder = join(home.path, 'pictures');
  mkdirSync(folder);
  const rows = ['image,mos'];
  for (let number = 0; number < 10; number++) {
    const pixels = Buffer.from(
      Array.from({ length: side * side * 3 }, (_, i) => {
        const [x, y] = [Math.floor(i / 3) % side, Math.floor(i / 3 / side)];
        const wave = Math.sin(x / (3 + number)) * Math.cos(y / (5 + (number % 4)));
        return Math.round(128 + 90 * wave + ((x * 7 + y * 13 + number) % 30));
      }),
    );
    const picture = sharp(pixels, { raw: { width: side, height: side, channels: 3 } });
    await picture.png().toFile(join(folder, `${number}.png`));
    rows.push(`${number}.png,${90 - 8 * number}`);
  }
  writeFileSync(join(folder, 'ratings.csv'), rows.join('\n'));
  const words = ['--workspace', 'lab'];
  const min = ['--min', '0', '--max', '100'];
  const imported = await home.run('import', folder, ...min, ...words);
  expect(imported.code, imported.notes).toBe(0);
  const split = await home.run('split', '--no-grouped', '--validation', '0.25', ...words);
  expect(split.code, split.notes).toBe(0);
}
