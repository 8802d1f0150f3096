import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadWindow, restoredBounds, saveWindow } from '../../../src/main/shells/electron/bounds';
import { isOwnAddress } from '../../../src/main/shells/electron/origin';

const left = { x: 0, y: 25, width: 1920, height: 1055 };
const right = { x: 1920, y: 0, width: 2560, height: 1440 };
const saved = (x: number, y: number, width = 1200, height = 800) => ({
  bounds: { x, y, width, height },
  maximized: false,
});
const usual = { width: 1440, height: 900 };

describe('restoredBounds', () => {
  it('opens the window where it was, on whichever display', () => {
    expect(restoredBounds(saved(100, 50), [left, right])).toEqual(saved(100, 50).bounds);
    expect(restoredBounds(saved(2000, 30), [left, right])).toEqual(saved(2000, 30).bounds);
    expect(restoredBounds(saved(-500, 50), [left])).toEqual(saved(-500, 50).bounds);
  });

  it('opens at the usual place when the display is gone or the title bar cannot be reached', () => {
    expect(restoredBounds(saved(2000, 30), [left])).toEqual(usual);
    expect(restoredBounds(saved(100, -200), [left])).toEqual(usual); // Above the display.
    expect(restoredBounds(saved(100, 1070), [left])).toEqual(usual); // Below it.
    expect(restoredBounds(saved(-1150, 50), [left])).toEqual(usual); // 50 px left on it.
    expect(restoredBounds(null, [left])).toEqual(usual);
    expect(restoredBounds(saved(0, 30), [])).toEqual(usual);
  });

  it('never opens smaller than the layout needs', () => {
    expect(restoredBounds(saved(0, 30, 200, 100), [left])).toMatchObject({
      width: 1024,
      height: 640,
    });
  });
});

describe('the saved place', () => {
  it('survives a round trip and a damaged file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'iqalab-bounds-'));
    const file = join(folder, 'window.json');
    expect(loadWindow(file)).toBeNull();
    expect(saveWindow(file, saved(1, 2))).toBe(true);
    expect(loadWindow(file)).toEqual(saved(1, 2));
    writeFileSync(file, '{"bounds": {"x": "1"}');
    expect(loadWindow(file)).toBeNull();
    rmSync(folder, { recursive: true });
    expect(saveWindow(file, saved(1, 2))).toBe(false);
  });
});

describe('isOwnAddress', () => {
  it('knows the own page from everything that looks like it', () => {
    expect(isOwnAddress('app://lab/assets/x.js')).toBe(true);
    for (const address of [
      'app://lab.evil/',
      'app://labx/',
      'app://evil/lab/',
      'http://lab/',
      'app:lab',
      'file:///lab',
      'not an address',
      '',
    ]) {
      expect(isOwnAddress(address), address).toBe(false);
    }
  });
});
