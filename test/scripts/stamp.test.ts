import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isAlive, withLock } from '../../scripts/lib/lock.mjs';
import { hashFiles, readJson, readStamp, sha256, writeStamp } from '../../scripts/lib/stamp.mjs';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'iqalab-stamp-'));
  mkdirSync(join(dir, 'src', 'deep'), { recursive: true });
  writeFileSync(join(dir, 'src', 'a.ts'), 'one');
  writeFileSync(join(dir, 'src', 'deep', 'b.ts'), 'two');
});
afterEach(() => rmSync(dir, { recursive: true }));

describe('the hash of sources', () => {
  const hash = () => hashFiles(dir, ['src', 'missing.json']);

  it('does not depend on file times', () => {
    const before = hash();
    utimesSync(join(dir, 'src', 'a.ts'), 1, 1);
    expect(hash()).toBe(before);
  });

  it('changes with a content, a name, and a new file', () => {
    const hashes = new Set([hash()]);
    writeFileSync(join(dir, 'src', 'deep', 'b.ts'), 'three');
    hashes.add(hash());
    rmSync(join(dir, 'src', 'deep', 'b.ts'));
    writeFileSync(join(dir, 'src', 'deep', 'c.ts'), 'three');
    hashes.add(hash());
    writeFileSync(join(dir, 'missing.json'), '');
    hashes.add(hash());
    expect(hashes.size).toBe(4);
  });

  it('tells a line in one file from the same line in the next', () => {
    writeFileSync(join(dir, 'src', 'a.ts'), 'onetwo');
    writeFileSync(join(dir, 'src', 'deep', 'b.ts'), '');
    const joined = hash();
    writeFileSync(join(dir, 'src', 'a.ts'), 'one');
    writeFileSync(join(dir, 'src', 'deep', 'b.ts'), 'two');
    expect(hash()).not.toBe(joined);
  });

  it('is SHA-256 (FIPS 180-2, the one-block example "abc")', () => {
    expect(sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
});

describe('stamps', () => {
  it('return what was stored and null for what was not or is damaged', () => {
    expect(readStamp('build', dir)).toBeNull();
    writeStamp('build', { hash: 'x' }, dir);
    expect(readStamp('build', dir)).toEqual({ hash: 'x' });
    writeFileSync(join(dir, 'stamps', 'build.json'), '{"hash":');
    expect(readStamp('build', dir)).toBeNull();
    expect(readJson(join(dir, 'nowhere.json'))).toBeNull();
  });
});

describe('the set-up lock', () => {
  const lock = () => join(dir, 'setup.lock');
  // The largest process id on Linux is 2^22 and on macOS 99998: no process has this one.
  const nobody = 2 ** 30;

  it('lets one in at a time', async () => {
    const order: string[] = [];
    let finishFirst = () => {};
    const first = withLock(lock(), async () => {
      await new Promise<void>((done) => (finishFirst = done));
      order.push('first');
    });
    const waitedFor: number[] = [];
    const second = withLock(lock(), () => Promise.resolve(order.push('second')), {
      onWait: (pid: number) => {
        waitedFor.push(pid);
        finishFirst();
      },
      pollMs: 1,
    });
    await Promise.all([first, second]);
    expect(order).toEqual(['first', 'second']);
    expect(waitedFor).toEqual([process.pid]);
  });

  it('is free again after work that failed', async () => {
    const failing = withLock(lock(), () => Promise.reject(new Error('no disk')));
    await expect(failing).rejects.toThrow('no disk');
    expect(await withLock(lock(), () => Promise.resolve('in'))).toBe('in');
  });

  it('is taken over from a process that is no more', async () => {
    expect(isAlive(nobody)).toBe(false);
    writeFileSync(lock(), String(nobody));
    const holder = await withLock(lock(), () => Promise.resolve(readFileSync(lock(), 'utf8')));
    expect(holder).toBe(String(process.pid));
  });

  it('is taken over when its holder died before it wrote its name', async () => {
    writeFileSync(lock(), '');
    expect(await withLock(lock(), () => Promise.resolve('in'), { pollMs: 1 })).toBe('in');
  });
});
