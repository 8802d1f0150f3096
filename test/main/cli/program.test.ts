import { readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LabError } from '@shared/errors';
import { verbs } from '../../../src/main/shells/cli/verbs';
import { parseExperiment } from '../../../src/main/experiment/schema';
import { FakeLab } from '../../helpers/fake-lab';
import { type } from './console';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'iqalab-cli-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const workspace = { path: '', name: '', createdAtMs: 0 };

describe('help', () => {
  it('lists every verb of the folder', async () => {
    const files = readdirSync('src/main/shells/cli/verbs').filter((name) => name !== 'index.ts');
    expect(verbs.flatMap((group) => group.verbs)).toHaveLength(files.length);
    const { code, out } = await type(['--help']);
    expect(code).toBe(0);
    for (const file of files.filter((name) => name !== 'lists.ts')) {
      expect(out).toMatch(new RegExp(`^  ${file.replace('.ts', '')}\\b`, 'm'));
    }
  });

  it('of every verb shows the shared options, and examples or nothing more to say', async () => {
    const { out } = await type(['--help']);
    const names = [...out.matchAll(/^ {2}([a-z]+) .* {2}[a-z]/gm)].flatMap(
      ([, name]) => name ?? [],
    );
    expect(names).toContain('datasets');
    for (const name of names.filter((verb) => verb !== 'help' && verb !== 'iqalab')) {
      const help = await type([name, '--help']);
      expect(help.code, name).toBe(0);
      expect(help.out, name).toContain('--workspace <dir>');
    }
  });

  it('gives the version', async () => {
    expect((await type(['--version'])).out).toMatch(/^\d+\.\d+\.\d+$/);
  });
});

describe('a command line that makes no sense', () => {
  it.each([
    [['trian'], 'Did you mean train?'],
    [['train', '--sed', '3'], 'Did you mean one of --seed, --set?'],
    [['split', '--test', 'most'], 'A number from 0 to 0.95'],
    [['demo', '--seed', '1.5'], 'A whole number'],
    [['attack'], "missing required argument 'attack'"],
    [['export', '--format', 'gif'], 'Allowed choices are pdf, svg, png, csv'],
    [['evaluate', '--side', 'all'], 'Allowed choices are train, validation, test'],
    [['runs', '--engine', 'cdua'], 'Did you mean "cuda"?'],
    [['import'], 'name a folder or a label file'],
    [['run'], '--print-example'],
  ])('%j ends with 2 and says what was meant', async (words, sentence) => {
    const { code, notes, out } = await type(words);
    expect(code).toBe(2);
    expect(notes).toContain(sentence);
    expect(out).toBe('');
  });
});

describe('a failure', () => {
  it('is told in three parts and ends with 1', async () => {
    const { code, notes } = await type(['runs'], {
      cwd: folder,
      lab: () => Promise.resolve(new FakeLab()),
    });
    expect(code).toBe(1);
    expect(notes.trim().split('\n')).toEqual([
      `Error: there is no workspace in ${join(folder, 'iqalab-workspace')}`,
      'Safe:    Nothing was created.',
      expect.stringMatching(/^Next: {4}Name yours with --workspace/),
    ]);
  });

  it('closes the lab, whatever happens', async () => {
    await writeFile(join(folder, 'lab.sqlite'), '');
    const lab = new FakeLab({
      'workspace.open': () => workspace,
      'run.list': () => {
        throw new LabError({ kind: 'disk-full', message: 'the disk is full' });
      },
    });
    const { code, notes } = await type(['runs', '--workspace', folder], {
      lab: () => Promise.resolve(lab),
    });
    expect({ code, closed: lab.closed }).toEqual({ code: 1, closed: true });
    expect(notes).toContain('Error: the disk is full');
  });

  it('that was not expected shows what a bug report needs', async () => {
    const { code, notes } = await type(['engine'], {
      lab: () => Promise.reject(new TypeError('x is not a function')),
    });
    expect(code).toBe(1);
    expect(notes).toMatch(/Error: x is not a function[^]*TypeError: x is not a function\n {4}at /);
  });
});

describe('the workspace', () => {
  const asked = async (words: string[], variables = {}) => {
    const lab = new FakeLab({
      'workspace.open': () => workspace,
      'workspace.create': () => workspace,
      'dataset.list': () => [],
      'dataset.createDemo': () => ({ datasetId: 1, imported: 20, excluded: [], problems: [] }),
    });
    await type(words, { cwd: folder, variables, lab: () => Promise.resolve(lab) });
    return lab.calls[0];
  };

  it('is the one named, else that of the environment, else the usual one', async () => {
    const demo = ['import', '--demo', '--images', '20'];
    const created = (name: string) => ({
      method: 'workspace.create',
      args: { path: join(folder, name) },
    });
    expect(await asked([...demo, '--workspace', 'a'], { IQALAB_WORKSPACE: 'b' })).toEqual(
      created('a'),
    );
    expect(await asked(['--workspace', 'a', ...demo])).toEqual(created('a'));
    expect(await asked(demo, { IQALAB_WORKSPACE: 'b' })).toEqual(created('b'));
    expect(await asked(demo)).toEqual(created('iqalab-workspace'));
  });

  it('is opened where it exists', async () => {
    await writeFile(join(folder, 'lab.sqlite'), '');
    expect(await asked(['datasets', '--workspace', folder])).toEqual({
      method: 'workspace.open',
      args: { path: folder },
    });
  });
});

describe('run', () => {
  it('prints an example that it accepts itself', async () => {
    const { code, out } = await type(['run', '--print-example']);
    expect(code).toBe(0);
    expect(parseExperiment(out, 'printed').name).toBe('CNNIQA with and without NT');
  });

  it('checks a file without opening anything', async () => {
    await writeFile(join(folder, 'study.json'), '{"experiment": 1}');
    const wrong = await type(['run', 'study.json', '--check'], { cwd: folder });
    expect(wrong.code).toBe(1);
    expect(wrong.notes).toContain('study.json: name is missing');
    expect((await type(['run', 'missing.json'], { cwd: folder })).notes).toContain('ENOENT');
  });
});
