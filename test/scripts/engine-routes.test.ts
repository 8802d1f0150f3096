import { describe, expect, it } from 'vitest';
import { rungTable } from '../../scripts/engine/install.mjs';
import { wheelOrder } from '../../scripts/engine/python-package.mjs';
import {
  officialUnsupported,
  pythonPackageUnsupported,
  shouldRetry,
  tryRoutes,
} from '../../scripts/engine/routes.mjs';

const linux = { platform: 'linux', arch: 'x64', libc: 'glibc' } as const;
const route = (id: string, outcome: string | Error, unsupported: string | null = null) => ({
  id,
  unsupported: () => unsupported,
  install: () =>
    outcome instanceof Error ? Promise.reject(outcome) : Promise.resolve({ folder: outcome }),
});
const works = () => Promise.resolve({ tensorflow: '2' });
type Attempt = { route: string; ok: boolean; reason: string | null };
const told = (attempts: Attempt[]) => attempts.map((a) => [a.route, a.ok, a.reason]);

describe('the choice of a route', () => {
  it('takes the first that installs and works, and tries no other', async () => {
    const never = route('third', new Error('must not be tried'));
    const { active, attempts } = await tryRoutes(
      [route('first', new Error('no network')), route('second', 'folder'), never],
      linux,
      works,
    );
    expect(active).toMatchObject({
      route: 'second',
      folder: 'folder',
      proof: { tensorflow: '2' },
    });
    expect(told(attempts)).toEqual([
      ['first', false, 'no network'],
      ['second', true, null],
    ]);
  });

  it('goes on when what was installed fails its proof', async () => {
    const prove = ({ folder }: { folder?: string }) =>
      folder === 'broken' ? Promise.reject(new Error('wrong numbers')) : works();
    const { active, attempts } = await tryRoutes(
      [route('first', 'broken'), route('second', 'good')],
      linux,
      prove,
    );
    expect(active).toMatchObject({ route: 'second' });
    expect(told(attempts)[0]).toEqual(['first', false, 'wrong numbers']);
  });

  it('does not start a route that has nothing for this machine, and says so', async () => {
    const { active, attempts } = await tryRoutes(
      [route('first', 'folder', 'nothing for sunos')],
      linux,
      works,
    );
    expect(active).toBeNull();
    expect(told(attempts)).toEqual([['first', false, 'nothing for sunos']]);
  });

  it('knows for which machines libraries are published', () => {
    expect(officialUnsupported(linux)).toBeNull();
    expect(pythonPackageUnsupported(linux)).toBeNull();
    expect(officialUnsupported({ platform: 'darwin', arch: 'arm64', libc: null })).toBeNull();
    expect(
      pythonPackageUnsupported({ platform: 'darwin', arch: 'arm64', libc: null }),
    ).not.toBeNull();
    expect(officialUnsupported({ platform: 'win32', arch: 'arm64', libc: null })).toMatch(
      /win32-arm64/,
    );
    expect(officialUnsupported({ ...linux, libc: 'musl' })).toMatch(/musl/);
  });

  it("asks for the local Python's own wheel first", () => {
    expect(wheelOrder('3.12')[0]).toBe('3.12');
    expect(wheelOrder('2.7')).toHaveLength(wheelOrder('3.12').length);
    expect(new Set(wheelOrder('3.12')).size).toBe(wheelOrder('3.12').length);
  });
});

describe('an engine that could not be installed', () => {
  const failure = { recipe: 'r', tools: 'python3', triedAtMs: 1000 };
  const now = { recipe: 'r', tools: 'python3', nowMs: 2000 };

  it('is not tried again right away', () => {
    expect(shouldRetry(failure, now)).toBe(false);
  });

  it('is tried again with a compiler, another recipe, or a day later', () => {
    expect(shouldRetry(null, now)).toBe(true);
    expect(shouldRetry(failure, { ...now, tools: 'python3 g++' })).toBe(true);
    expect(shouldRetry(failure, { ...now, recipe: 's' })).toBe(true);
    expect(shouldRetry(failure, { ...now, nowMs: 1001 + 24 * 3600 * 1000 })).toBe(true);
  });
});

describe('the ladder', () => {
  it('always offers wasm, and says of each other rung why it is missing', () => {
    const attempts = [
      { route: 'official', ok: false, reason: 'no network', durationMs: 1 },
      { route: 'python-package', ok: false, reason: 'no pip', durationMs: 1 },
    ];
    const rungs = rungTable(null, attempts);
    expect(rungs.map(({ id, available }) => [id, available])).toEqual([
      ['cuda', false],
      ['webgpu', false],
      ['cpu', false],
      ['wasm', true],
    ]);
    expect(rungs[2]?.reason).toBe('official: no network; python-package: no pip');
  });

  it('offers the rung that was installed', () => {
    expect(rungTable({ rung: 'cpu' }, [])[2]).toEqual({
      id: 'cpu',
      available: true,
      reason: null,
    });
  });
});
