import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Bundle } from '@shared/rpc';
import type { Study } from '@shared/domain/study';
import { must } from '@shared/errors';
import { contentsOf } from '../../../src/main/bundle/contents';
import { writeBundle } from '../../../src/main/bundle/write';
import { buildStudy, withRun } from '../../helpers/study';
import { buildGrid } from '../../helpers/study-grid';
import { askTool, hasTool } from '../../helpers/tools';
import { temporaryFolder } from '../../helpers/workspace';

/** One pair, few pictures: the bundle holds the same kinds of files as a large one. */
const study = buildStudy({ images: 8, steps: 20, epochs: 3 });
const wanted = {
  name: 'bundle',
  options: { scored: 'float' },
  size: { fontPt: 8, font: 'serif', dpi: 72 },
} as const;
const write = (
  folder: string,
  overwrite = false,
  from: Study = study,
  onProgress: (progress: { done: number }) => void = () => undefined,
) =>
  writeBundle(from, wanted, {
    folder,
    overwrite,
    onProgress,
    pictures: () => Promise.resolve(null),
    source: {
      pairs: from.pairs,
      run: (id) =>
        must(
          from.runs.find(({ run }) => run.id === id),
          'a run of the study',
        ).run,
      split: () => must(from.runs[0], 'a run').split,
      fit: () => null,
      fileTitle: () => null,
    },
  });

/** Every file below a folder with its content. */
const filesOf = (folder: string) =>
  new Map(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.\w+$|SUMS$/.test(name))
      .sort()
      .map((name) => [name, readFileSync(join(folder, name))] as const),
  );

const place = mkdtempSync(join(tmpdir(), 'iqalab-bundle-'));
let bundle: Bundle;
const seen: number[] = [];
beforeAll(async () => {
  bundle = await write(place, false, study, ({ done }) => seen.push(done));
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

/** A folder that holds a bundle, written once for all tests. */
function withBundle(): { folder: string; path: string } {
  const folder = temporaryFolder();
  const path = join(folder, 'bundle');
  cpSync(bundle.path, path, { recursive: true });
  return { folder, path };
}

describe('a paper bundle', () => {
  test('holds every format of everything, each with its recipe, and checksums that fit', () => {
    const files = filesOf(bundle.path);
    expect(files.size).toBe(bundle.files);
    expect(seen.at(-1)).toBe(bundle.figures + bundle.tables);
    const names = [...files.keys()];
    for (const name of ['README.txt', 'captions.md', 'document.tex', 'tables/clean.tex'])
      expect(names).toContain(name);
    const stems = names.flatMap((name) => /^(.*)\.recipe\.json$/.exec(name)?.[1] ?? []);
    expect(stems).toHaveLength(bundle.figures + bundle.tables);
    for (const stem of stems) {
      const formats = stem.startsWith('figures')
        ? ['pdf', 'svg', 'png', 'csv']
        : ['tex', 'html', 'md', 'csv'];
      for (const format of formats) expect(names).toContain(`${stem}.${format}`);
    }
    const sums = (files.get('SHA256SUMS') ?? '').toString().trim().split('\n');
    expect(sums).toHaveLength(files.size - 1);
    for (const line of sums) {
      const [sum = '', name = ''] = line.split('  ');
      const content = files.get(name) ?? '';
      expect(createHash('sha256').update(content).digest('hex'), name).toBe(sum);
    }
    expect(bundle.leftOut.map(({ id }) => id)).toContain('lambda-sweep');
    expect(readdirSync(place)).toEqual(['bundle']);
  });

  test('is the same to the last byte when it is written again', async () => {
    const again = await write(temporaryFolder());
    const [first, second] = [filesOf(bundle.path), filesOf(again.path)];
    expect([...second.keys()]).toEqual([...first.keys()]);
    for (const [name, bytes] of first) expect(second.get(name)?.equals(bytes), name).toBe(true);
  });

  test('replaces an earlier one only where that was said, and never other files', async () => {
    const { folder, path } = withBundle();
    await expect(write(folder)).rejects.toMatchObject({ kind: 'conflict' });
    writeFileSync(join(path, 'old.txt'), 'of the earlier bundle');
    await write(folder, true);
    expect(existsSync(join(path, 'old.txt'))).toBe(false);

    const other = temporaryFolder();
    mkdirSync(join(other, 'bundle'));
    writeFileSync(join(other, 'bundle', 'thesis.tex'), 'mine');
    await expect(write(other, true)).rejects.toThrow('holds other files');
    expect(readdirSync(join(other, 'bundle'))).toEqual(['thesis.tex']);
  });

  test('that cannot be finished leaves the earlier one as it was, and nothing half-made', async () => {
    const { folder, path } = withBundle();
    const before = filesOf(path);
    const broken = withRun(study, 0, { images: null as never });
    await expect(write(folder, true, broken)).rejects.toThrow();
    expect([...filesOf(path).keys()]).toEqual([...before.keys()]);
    expect(readdirSync(folder)).toEqual(['bundle']);
  });

  test('without any result is refused with what is missing', async () => {
    const bare = { ...study, runs: [], pairs: [], selection: { ...study.selection, runIds: [] } };
    await expect(write(temporaryFolder(), false, bare)).rejects.toMatchObject({
      kind: 'not-found',
      safe: 'Nothing was written.',
    });
  });

  test('makes tables of the pairs that have the results, and says which have not', () => {
    const grid = buildGrid(12);
    const { ntRunId } = grid.pairs[0] ?? { ntRunId: -1 };
    const at = grid.runs.findIndex(({ run }) => run.id === ntRunId);
    const partial = withRun(grid, at, { scores: null });
    const { tables, leftOut } = contentsOf(partial, { scored: 'float' });
    const clean = tables.find(({ def }) => def.id === 'clean');
    expect(clean?.without).toContain(grid.runs[at]?.run.name);
    expect(clean?.study.pairs).toHaveLength(grid.pairs.length - 1);
    expect(leftOut.map(({ id }) => id)).not.toContain('clean');
  });

  test('has a figure of one pair once per pair, and one that a choice does not change once', () => {
    const grid = buildGrid(12);
    const { figures } = contentsOf(grid, { scored: 'float', attack: 'FGSM, eps 0.005' });
    const count = (id: string) => figures.filter(({ def }) => def.id === id).length;
    expect(count('before-after')).toBe(grid.pairs.length);
    expect(count('dimensions')).toBe(1);
    expect(new Set(figures.map(({ stem }) => stem)).size).toBe(figures.length);
    for (const { stem } of figures) expect(stem).toMatch(/^[a-z0-9_-]+$/);
  });
});

const withBooktabs = hasTool('pdflatex') && askTool('kpsewhich', ['booktabs.sty']).code === 0;
describe.skipIf(!withBooktabs)('its document', () => {
  test('compiles and shows everything', () => {
    const { path } = withBundle();
    const { figures, tables } = bundle;
    const args = ['-interaction=nonstopmode', '-halt-on-error', `-output-directory=${path}`];
    const { code, out } = askTool('sh', [
      '-c',
      `cd '${path}' && pdflatex ${args.join(' ')} document.tex`,
    ]);
    expect(code, out.slice(-1500)).toBe(0);
    // Everything stands on a page of its own.
    expect(out).toContain(`(${figures + tables} pages`);
  });
});
