import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Lab } from '../../../src/main/lab';
import type { Args } from '../../../src/shared/rpc';
import { waitForJobs } from '../../../src/main/experiment/wait-for-jobs';
import { agrees } from '../../../src/main/recipe/compare';
import { parseRecipe } from '../../../src/main/recipe/read';
import { reproduce } from '../../../src/main/recipe/reproduce';
import { startPair } from '../../helpers/pairs';
import { jobIn, openTestLab, seedWorkspace } from '../../helpers/workspace';

async function measuredPair(): Promise<{ lab: Lab; figure: Args<'export.figure'>; path: string }> {
  const seeded = seedWorkspace();
  const lab = await openTestLab({ workspaceDir: seeded.path });
  const { runIds } = await startPair(lab, seeded);
  const side = 'test' as const;
  const attack = { attackId: 'nudge', params: {}, run: {}, seed: 0, limit: null };
  const { jobIds } = await lab.call('attack.start', { runIds, side, ...attack });
  for (const id of jobIds) await jobIn(lab, id, 'done');
  const figure: Args<'export.figure'> = {
    figureId: 'before-after',
    selection: { runIds, side },
    options: { attack: 'Nudge, epsilon 0.005', scored: 'float' },
    size: { widthIn: 3.25, heightIn: 3, fontPt: 8, font: 'serif', dpi: 100 },
    format: 'svg',
  };
  return { lab, figure, path: seeded.path };
}

describe('an exported figure', () => {
  it('lies in the workspace, is found by its id, and its formats share a name', async () => {
    const { lab, figure, path } = await measuredPair();
    const svg = await lab.call('export.figure', figure);
    expect(svg.fileName).toMatch(/^before-after-nudge-epsilon-0\.005-[0-9a-f]{6}\.svg$/);
    expect(dirname(svg.path)).toBe(join(path, 'artifacts', 'exports'));
    expect(readFileSync(svg.path, 'utf8')).toMatch(/^<\?xml|^<svg/);
    expect(readFileSync(svg.path)).toHaveLength(svg.sizeBytes);
    expect(await lab.media('export', svg.mediaId)).toEqual({
      path: svg.path,
      contentType: 'image/svg+xml',
    });
    const png = await lab.call('export.figure', { ...figure, format: 'png' });
    expect(png.fileName).toBe(svg.fileName.replace('.svg', '.png'));
    expect(readFileSync(png.path).subarray(1, 4).toString()).toBe('PNG');
  });

  it('is the same file again when it is exported again', async () => {
    const { lab, figure } = await measuredPair();
    const first = await lab.call('export.figure', figure);
    const bytes = readFileSync(first.path);
    const second = await lab.call('export.figure', figure);
    expect(second.path).toBe(first.path);
    expect(readFileSync(second.path).equals(bytes)).toBe(true);
  });

  it('holds its numbers as CSV', async () => {
    const { lab, figure } = await measuredPair();
    const csv = await lab.call('export.figure', { ...figure, format: 'csv' });
    // Four test images of two runs, and a line of column names.
    expect(readFileSync(csv.path, 'utf8').trim().split(/\r?\n/)).toHaveLength(9);
  });

  it('has a recipe beside it, the same for all its formats', async () => {
    const { lab, figure } = await measuredPair();
    const svg = await lab.call('export.figure', figure);
    expect(svg.recipe?.fileName).toBe(svg.fileName.replace('.svg', '.recipe.json'));
    const text = readFileSync(svg.recipe?.path ?? '', 'utf8');
    const recipe = parseRecipe(text, 'recipe');
    expect(recipe).toMatchObject({ kind: 'figure', id: 'before-after', gaps: [] });
    expect(recipe.runs).toHaveLength(2);
    expect(recipe.numbers.rows).toHaveLength(8);
    expect(text).not.toContain(dirname(svg.path));
    expect(await lab.media('export', svg.recipe?.mediaId ?? '')).toMatchObject({
      contentType: 'application/json; charset=utf-8',
    });
    const png = await lab.call('export.figure', { ...figure, format: 'png' });
    expect(readFileSync(png.recipe?.path ?? '', 'utf8')).toBe(text);
  });

  it('can be written in several formats at once', async () => {
    const { lab, figure } = await measuredPair();
    const formats = ['svg', 'csv', 'pdf', 'png'] as const;
    const files = await Promise.all(
      formats.map((format) => lab.call('export.figure', { ...figure, format })),
    );
    expect(new Set(files.map(({ recipe }) => recipe?.path)).size).toBe(1);
    for (const { path, sizeBytes } of files) expect(readFileSync(path)).toHaveLength(sizeBytes);
  });

  it('makes its numbers again from its recipe, in a workspace that knows only the pictures', async () => {
    const { lab, figure } = await measuredPair();
    const made = await lab.call('export.figure', figure);
    const recipe = parseRecipe(readFileSync(made.recipe?.path ?? '', 'utf8'), 'recipe');
    await lab.close();
    const fresh = await openTestLab({ workspaceDir: seedWorkspace().path });
    const steps: string[] = [];
    const again = await reproduce(fresh, recipe, {
      dataFolder: null,
      engine: null,
      wait: (jobIds) => waitForJobs(fresh, jobIds, {}),
      narrator: { step: (outcome) => steps.push(outcome), importing: () => undefined },
    });
    expect(again.ranAgain).toBe(true);
    expect(steps).toContain('done');
    expect(agrees(again.comparison)).toBe(true);
    expect(again.comparison.columns.length).toBeGreaterThan(0);
    // Asked once more, everything is there, and it says so.
    const kept = await reproduce(fresh, recipe, {
      dataFolder: null,
      engine: null,
      wait: (jobIds) => waitForJobs(fresh, jobIds, {}),
      narrator: { step: () => undefined, importing: () => undefined },
    });
    expect(kept.ranAgain).toBe(false);
  });

  it('whose pictures are not here says which, and starts nothing', async () => {
    const { lab, figure } = await measuredPair();
    const made = await lab.call('export.figure', figure);
    const recipe = parseRecipe(readFileSync(made.recipe?.path ?? '', 'utf8'), 'recipe');
    await lab.close();
    const fresh = await openTestLab({ workspaceDir: seedWorkspace().path });
    const options = {
      dataFolder: null,
      engine: null,
      wait: () => Promise.resolve([]),
      narrator: { step: () => undefined, importing: () => undefined },
    };
    const experiments = recipe.experiments.map((each) => ({
      ...each,
      data: { ...each.data, contentHash: '0'.repeat(64) },
    }));
    await expect(reproduce(fresh, { ...recipe, experiments }, options)).rejects.toMatchObject({
      kind: 'missing-file',
      message: 'the recipe needs the data set "Toys" (16 pictures)',
    });
    expect(await fresh.call('job.list', {})).toEqual([]);
  });

  it('is shown beforehand as its PNG will be, and nothing is stored', async () => {
    const { lab, figure } = await measuredPair();
    const { figureId, selection, options, size } = figure;
    const { png } = await lab.call('export.preview', { figureId, selection, options, size });
    const file = await lab.call('export.figure', { ...figure, format: 'png' });
    // The first file of this workspace.
    expect(file.mediaId).toBe('1');
    expect(Buffer.from(png, 'base64').equals(readFileSync(file.path))).toBe(true);
  });

  it('that needs what was not measured says what to do', async () => {
    const { lab, figure } = await measuredPair();
    const missing = lab.call('export.figure', { ...figure, figureId: 'norm-density' });
    await expect(missing).rejects.toMatchObject({
      kind: 'not-found',
      safe: 'Nothing was written.',
    });
    const unknown = lab.call('export.figure', { ...figure, figureId: 'before-aftr' });
    await expect(unknown).rejects.toMatchObject({ next: 'Did you mean "before-after"?' });
  });
});

describe('an exported table', () => {
  it('lies in the workspace in every format', async () => {
    const { lab, figure } = await measuredPair();
    const { selection, options } = figure;
    const starts = {
      csv: 'Metric,Attack,',
      latex: '% \\usepackage{booktabs}',
      markdown: 'Accuracy and stability',
      html: '<meta charset="utf-8">',
    } as const;
    for (const format of ['csv', 'latex', 'markdown', 'html'] as const) {
      const args = { tableId: 'robustness', selection, options, format };
      const made = await lab.call('export.table', args);
      expect(readFileSync(made.path, 'utf8').startsWith(starts[format])).toBe(true);
    }
  });

  it('that needs what was not measured says what to do', async () => {
    const { lab, figure } = await measuredPair();
    const { selection, options } = figure;
    const args = { tableId: 'norms', selection, options, format: 'csv' as const };
    await expect(lab.call('export.table', args)).rejects.toMatchObject({
      kind: 'not-found',
      next: 'Measure the gradient norms of both twins first.',
    });
  });
});
