import { existsSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sweepLeftovers } from '../../../src/main/workspace/leftovers';
import { openTestLab, seedWorkspace, temporaryFolder } from '../../helpers/workspace';

const id = '01234567-89ab-4cde-8f01-23456789abcd';
const started = 1_700_000_000_000;

function setting() {
  const root = temporaryFolder();
  const [weights, exports] = [join(root, 'weights'), join(root, 'exports')];
  mkdirSync(weights);
  mkdirSync(exports);
  const put = (path: string, ageMs: number): string => {
    writeFileSync(path, 'half');
    const seconds = (started - ageMs) / 1000;
    utimesSync(path, seconds, seconds);
    return path;
  };
  const upload = (name: string, folderAge: number, fileAge: number): string => {
    const path = join(weights, name);
    mkdirSync(path);
    put(join(path, 'net.pth'), fileAge);
    const seconds = (started - folderAge) / 1000;
    utimesSync(path, seconds, seconds);
    return path;
  };
  return {
    weights,
    exports,
    put,
    upload,
    sweep: () => sweepLeftovers({ weights, exports }, started),
  };
}

describe('what a killed host left half written', () => {
  it('is removed: copies, uploads and exports', () => {
    const { weights, exports, put, upload, sweep } = setting();
    const left = [
      put(join(weights, `.${id}.unfinished`), 1000),
      upload(`.upload-${id}`, 1000, 1000),
      put(join(exports, `.CNNIQA-0123.pth.${id}.unfinished`), 1000),
      put(join(exports, 'clean.csv.4711.unfinished'), 1000),
    ];
    expect(sweep().sort()).toEqual(left.sort());
    expect(left.filter((path) => existsSync(path))).toEqual([]);
  });

  it('stays where it is younger than this host, be it only a file inside', () => {
    const { weights, put, upload, sweep } = setting();
    put(join(weights, `.${id}.unfinished`), -1);
    upload(`.upload-${id}`, 1000, -1);
    expect(sweep()).toEqual([]);
  });

  it('is nothing else: weights, files a person put there, links', () => {
    const { weights, exports, put, sweep } = setting();
    put(join(weights, 'ab'.repeat(32)), 1000);
    put(join(weights, '.unfinished'), 1000);
    put(join(weights, 'thesis.unfinished'), 1000);
    put(join(exports, '.upload-notes'), 1000);
    symlinkSync(temporaryFolder(), join(weights, `.upload-${id}`));
    expect(sweep()).toEqual([]);
  });

  it('is looked for when a workspace opens', async () => {
    const { path } = seedWorkspace();
    const weights = join(path, 'artifacts', 'weights');
    mkdirSync(weights, { recursive: true });
    const left = join(weights, `.${id}.unfinished`);
    writeFileSync(left, 'half');
    utimesSync(left, 1, 1);
    await openTestLab({ workspaceDir: path });
    expect(existsSync(left)).toBe(false);
  });
});
