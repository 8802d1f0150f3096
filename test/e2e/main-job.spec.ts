import { expect, test, type Locator } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Home } from './support/lab-process';
import { look } from './support/look';
import { makePhotographs } from './support/photographs';
import { dropFile, scnnFile } from './support/weight-file';

/** Longest time two small trainings or one batch may take on a slow machine. */
const jobMs = 120_000;

const home = new Home();
test.afterAll(() => home.remove());

test.use({ viewport: { width: 1440, height: 900 } });

test('a person goes from a folder of rated photographs to figures and tables by clicking', async ({
  page,
}, info) => {
  const photographs = await makePhotographs(home.path, 12);
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  const id = (name: string) => page.getByTestId(name);

  await test.step('the app opens at the printed address', async () => {
    const lab = home.start('serve');
    const [address] = await lab.says(/http:\/\/127\.0\.0\.1:\d+\/\?token=\S+/);
    await page.goto(address);
    await expect(page).toHaveURL(/127\.0\.0\.1:\d+\/$/); // The key has left the address.
    await look(page, info, '01-welcome');
  });

  await test.step('a workspace is created', async () => {
    await id('workspace-create-open').click();
    await id('path-input').fill(home.path);
    await id('path-go').click();
    await id('workspace-name').fill('studie');
    await id('workspace-confirm').click();
    await expect(page).toHaveTitle(/studie/);
    await look(page, info, '02-workspace');
  });

  await test.step('the folder is imported: columns, decimal comma, range', async () => {
    await id('stage-data').click();
    await id('import-open').click();
    await id('path-input').fill(photographs);
    await id('path-go').click();
    await id('import-next').click();
    await expect(id('import-preview')).toContainText('Urteil (MOS)');
    await id('map-image').selectOption('Datei');
    await id('map-score').selectOption('Urteil (MOS)');
    await id('map-std').selectOption('Streuung');
    await id('map-group').selectOption('Motiv');
    await id('map-decimal').getByText('comma').click();
    await id('map-min').fill('0');
    await id('map-max').fill('100');
    await id('import-name').fill('Fotos <ä & 漢>');
    await look(page, info, '03-import');
    await id('import-run').click();
    await expect(id('import-report')).toContainText('24');
    await expect(id('import-report')).toContainText('fehlt.png');
    await expect(id('import-report')).toContainText('ohne-urteil.png');
    await look(page, info, '04-import-report');
    await id('import-done').click();
  });

  await test.step('thumbnails and the histogram are there, and the histogram filters', async () => {
    await expect(id('gallery-count')).toHaveText('24 of 24');
    await expect(id('mos-histogram')).toBeVisible();
    await expectPictures(id('gallery').locator('img'));
    await id('brush-from').fill('70');
    await id('brush-from').press('Tab');
    await expect(id('gallery-count')).not.toHaveText('24 of 24');
    await id('gallery').getByRole('option').first().click();
    await expect(id('image-detail')).toContainText('motiv-');
    await look(page, info, '05-data');
  });

  await test.step('a split keeps the scenes together', async () => {
    await id('stage-split').click();
    await id('split-method').getByText('By reference content').click();
    await id('split-name').fill('Teilung');
    await id('split-test-share').fill('30');
    await id('split-validation-share').fill('20');
    await id('split-seed').fill('3');
    await id('split-create').click();
    await expect(id('split-view')).toBeVisible();
    await look(page, info, '06-split');
  });

  await test.step('a weight file is dropped, recognised, removed and brought back', async () => {
    await id('stage-weights').click();
    await expect(id('weights-scnn')).toHaveAttribute('data-state', 'missing');
    await look(page, info, '06b-weights');
    await dropFile(page, id('weights-drop'), 'kaputt.pth', '<!doctype html> nicht gefunden');
    await expect(id('weights-outcomes')).toContainText('web page');
    await dropFile(page, id('weights-drop'), 'scnn.safetensors', scnnFile());
    await expect(id('weights-scnn')).toHaveAttribute('data-state', 'present');
    await id('weights-scnn').locator('summary').click();
    await expect(id('weights-file')).toContainText('SHA-256');
    await look(page, info, '06c-weights-added');
    await id('weights-remove').click();
    await expect(id('weights-scnn')).toHaveAttribute('data-state', 'missing');
    await page.getByRole('button', { name: 'Undo' }).last().click();
    await expect(id('weights-scnn')).toHaveAttribute('data-state', 'present');
  });

  await test.step('a model with published weights is not started before its start is said', async () => {
    await id('stage-train').click();
    await id('pair-model').selectOption('dbcnn');
    await expect(id('pair-create')).toBeDisabled();
    await id('pair-start-parts').check();
    await expect(id('pair-start')).toContainText('from scratch: missing here');
    await expect(id('pair-create')).toBeEnabled();
    await look(page, info, '06d-pair-start');
    await id('pair-model').selectOption('cnniqa');
  });

  await test.step('a pair is set up; the fields show the paper’s values', async () => {
    await id('stage-train').click();
    await id('level').getByText('Expert').click();
    await id('pair-name').fill('Paar');
    await id('param-trainer-epochs').fill('10');
    await id('param-trainer-learningRate').fill('0.001');
    await id('param-nt-lambda').fill('0.0005');
    await expect(id('panel-train')).toContainText('paper:');
    await look(page, info, '07-pair');
    await id('pair-create').click();
  });

  const baseline = id('run-baseline');
  const twin = id('run-nt');
  await test.step('it trains, with curves, and can be paused and resumed', async () => {
    await expect(baseline).toHaveAttribute('data-state', 'running', { timeout: jobMs });
    await baseline.getByTestId('job-pause').click();
    await expect(baseline).toHaveAttribute('data-state', 'paused');
    await look(page, info, '08-paused');
    await baseline.getByTestId('job-resume').click();
    await expect(baseline).toHaveAttribute('data-state', /running|done/);
    await expect(twin).toHaveAttribute('data-state', /running|done/, { timeout: jobMs });
    await expect(id('chart').first()).toBeVisible();
    await look(page, info, '09-training');
    await expect(baseline).toHaveAttribute('data-state', 'done', { timeout: jobMs });
    await expect(twin).toHaveAttribute('data-state', 'done', { timeout: jobMs });
    await look(page, info, '10-trained');
  });

  await test.step('both twins are attacked, picture by picture', async () => {
    await id('stage-attack').click();
    await id('attack-choice-fgsm').check();
    await id('attack-start').click();
    for (const regime of ['baseline', 'nt']) {
      await expect(id(`batch-job-${regime}`)).toHaveAttribute('data-state', 'done', {
        timeout: jobMs,
      });
    }
    await expect(id('attack-count')).toHaveText(/^\d+ pictures$/);
    await id('attack-rows').getByRole('option').first().click();
    await expect(id('attack-viewer')).toBeVisible();
    await expectPictures(id('attack-viewer').locator('img'));
    await look(page, info, '11-attack');
  });

  await test.step('gradient norms are measured', async () => {
    await id('stage-norms').click();
    await id('norms-start').click();
    for (const regime of ['baseline', 'nt']) {
      await expect(id(`batch-job-${regime}`)).toHaveAttribute('data-state', 'done', {
        timeout: jobMs,
      });
    }
    await look(page, info, '12-norms');
  });

  await test.step('a figure says what it still needs, and a click makes it', async () => {
    await id('stage-compare').click();
    await id('figure-mos-prediction').click();
    await id('run-missing-evaluate').click();
    await expect(id('study-stale')).toBeVisible({ timeout: jobMs });
    await expect(id('job-bar')).toContainText('Idle', { timeout: jobMs });
    await id('study-reload').click(); // What is shown changes only when the person asks.
    await expect(id('export-open')).toBeEnabled();
  });

  await test.step('clicking a point shows its picture and scores', async () => {
    await id('figure-before-after').click();
    const chart = id('chart');
    await expect(chart).not.toHaveAttribute('data-points', '0');
    await chart.focus();
    await page.keyboard.press('ArrowRight');
    const box = await chart.locator('svg.ring').last().boundingBox();
    if (!box) throw new Error('the arrow key marked no point');
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    await expect(id('point-detail')).toContainText('MOS, lab scale');
    await expectPictures(id('point-detail').locator('img'));
    await look(page, info, '13-before-after');
  });

  await test.step('the figure leaves as PDF, SVG, PNG and CSV', async () => {
    await id('export-open').click();
    await expectPictures(id('export-preview'));
    for (const format of ['pdf', 'svg', 'png', 'csv']) {
      await id(`export-${format}`).click();
      await expect(id('exported-file').filter({ hasText: `.${format}` })).toBeVisible();
    }
    const read = await exportedFiles(id('export-dialog'), home.path);
    const svg = read('.svg').toString().trim();
    expect([svg.slice(0, 100), svg.slice(-6)]).toEqual([expect.stringContaining('<svg'), '</svg>']);
    expect(read('.pdf').subarray(0, 5).toString()).toBe('%PDF-');
    expect(read('.png').subarray(1, 4).toString()).toBe('PNG');
    expect(read('.csv').toString()).toMatch(/motiv-\d+-(klar|weich)\.png/);
    await look(page, info, '14-export');
    await page.keyboard.press('Escape');
  });

  await test.step('tables leave as CSV, Markdown and LaTeX', async () => {
    await id('stage-tables').click();
    for (const table of ['clean', 'robustness', 'norms']) {
      await id(`table-${table}`).click();
      await expect(id('journal-table')).toContainText('+NT');
    }
    await id('table-clean').click();
    for (const format of ['csv', 'markdown', 'latex']) {
      await id(`export-table-${format}`).click();
    }
    await expect(id('exported-file')).toHaveCount(3);
    const read = await exportedFiles(id('exported-files'), home.path);
    expect(read('.tex').toString()).toContain('\\toprule');
    expect(read('.md').toString()).toContain('| ');
    expect(read('.csv').toString()).toContain('SROCC');
    await look(page, info, '15-tables');
  });

  await test.step('the engine page says what computed, and nothing went wrong on the way', async () => {
    await id('stage-engine').click();
    await look(page, info, '16-engine');
    expect(complaints).toEqual([]);
  });
});

/** Every picture has arrived and was decoded. */
async function expectPictures(pictures: Locator): Promise<void> {
  await expect(pictures.first()).toBeVisible();
  await expect
    .poll(() =>
      pictures.evaluateAll((all) =>
        all.every((one) => one instanceof HTMLImageElement && one.complete && one.naturalWidth > 0),
      ),
    )
    .toBe(true);
}

/** Reads the written files whose paths a list shows; all lie in the workspace. */
async function exportedFiles(list: Locator, root: string): Promise<(end: string) => Buffer> {
  const paths = await list.getByTestId('exported-file').locator('code').allTextContents();
  for (const path of paths) expect(path).toContain(join(root, 'studie', 'artifacts', 'exports'));
  return (end) =>
    readFileSync(paths.find((path) => path.endsWith(end)) ?? `no file ends in ${end}`);
}
