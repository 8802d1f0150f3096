import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hasOwnAddon, isLinked, link, unlink } from '../../scripts/engine/package.mjs';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'iqalab-files-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

describe('the links from the npm package to the engine', () => {
  const paths = () => {
    const [pkg, engine] = [join(dir, 'node_modules', 'tfjs'), join(dir, '.runtime', 'engine')];
    mkdirSync(pkg, { recursive: true });
    for (const folder of ['lib', 'deps']) mkdirSync(join(engine, folder), { recursive: true });
    writeFileSync(join(engine, 'lib', 'addon'), 'binary');
    return { pkg, engine };
  };

  it('are made, recognised, and removed without touching the engine', () => {
    const { pkg, engine } = paths();
    expect(isLinked(pkg, engine)).toBe(false);
    link(pkg, engine);
    expect(isLinked(pkg, engine)).toBe(true);
    expect(readFileSync(join(pkg, 'lib', 'addon'), 'utf8')).toBe('binary');
    unlink(pkg);
    expect(isLinked(pkg, engine)).toBe(false);
    expect(existsSync(join(engine, 'lib', 'addon'))).toBe(true);
  });

  it('are not taken for good when the engine is gone', () => {
    const { pkg, engine } = paths();
    link(pkg, engine);
    rmSync(engine, { recursive: true });
    expect(isLinked(pkg, engine)).toBe(false);
  });

  it.runIf(process.platform !== 'win32')('still hold after the whole project moved', () => {
    const { pkg, engine } = paths();
    link(pkg, engine);
    const moved = join(dir, 'moved');
    mkdirSync(moved);
    for (const name of ['node_modules', '.runtime']) renameSync(join(dir, name), join(moved, name));
    expect(isLinked(join(moved, 'node_modules', 'tfjs'), join(moved, '.runtime', 'engine'))).toBe(
      true,
    );
  });

  it('leave an addon alone that somebody installed by hand', () => {
    const { pkg } = paths();
    mkdirSync(join(pkg, 'lib'));
    expect(hasOwnAddon(pkg)).toBe(true);
    unlink(pkg);
    expect(existsSync(join(pkg, 'lib'))).toBe(true);
  });
});

const python = spawnSync('python3', ['--version']).status === 0;

describe.skipIf(!python)('unpacking the Python package (skipped without python3)', () => {
  const unpack = (files: Record<string, string>, ...libraries: string[]) => {
    const wheel = join(dir, 'package.whl');
    const entries = Object.entries(files).map(([name, text]) => [name, strToU8(text)] as const);
    writeFileSync(wheel, zipSync(Object.fromEntries(entries)));
    const script = resolve(import.meta.dirname, '../../scripts/engine/unpack-wheel.py');
    return spawnSync('python3', [script, wheel, join(dir, 'deps'), ...libraries], {
      encoding: 'utf8',
    });
  };

  it('takes the libraries and the C headers, and nothing else', () => {
    const { status } = unpack(
      {
        'tensorflow/libx.so.2': 'library',
        'tensorflow/include/tensorflow/c/c_api.h': 'header',
        'tensorflow/include/tensorflow/core/big.h': 'not needed',
        'tensorflow/python/module.py': 'not needed',
      },
      'libx.so.2',
    );
    expect(status).toBe(0);
    expect(readFileSync(join(dir, 'deps', 'lib', 'libx.so.2'), 'utf8')).toBe('library');
    expect(readFileSync(join(dir, 'deps/include/tensorflow/c/c_api.h'), 'utf8')).toBe('header');
    expect(existsSync(join(dir, 'deps/include/tensorflow/core'))).toBe(false);
    expect(existsSync(join(dir, 'deps/python'))).toBe(false);
  });

  it('names a library that is not there', () => {
    const { status, stderr } = unpack({ 'tensorflow/other': '' }, 'libx.so.2');
    expect(status).not.toBe(0);
    expect(stderr).toContain('libx.so.2');
  });

  it('writes nothing outside its folder, whatever the names say', () => {
    const { status } = unpack(
      {
        'tensorflow/libx.so.2': 'library',
        'tensorflow/include/tensorflow/c/../../../../evil.h': 'evil',
      },
      'libx.so.2',
    );
    expect(status).toBe(0);
    expect(existsSync(join(dir, 'evil.h'))).toBe(false);
    expect(existsSync(resolve(dir, '../evil.h'))).toBe(false);
  });
});
