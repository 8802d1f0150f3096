import { describe, expect, it } from 'vitest';
import { LabError } from '@shared/errors';
import { claims, fixture, outcome, sentence, torchZip } from './lying-files';

/** One of each container; test/fixtures/weights/make.py. */
const containers = [
  'checkpoint.pt',
  'legacy.pth',
  'linearity.pth',
  'views.pt',
  'formats.safetensors',
  'package.whl',
  'arrays.npz',
];
/** Single bits, several bits, all of them, from byte to byte. */
const FLIPS = [0x01, 0xff, 0x80, 0x20, 0x41];

describe('damaged weights files', () => {
  it.each(containers)('%s is refused wherever it is cut off', async (name) => {
    const whole = fixture(name);
    for (let length = 0; length < whole.length; length++) {
      const result = await outcome(whole.subarray(0, length));
      expect(result, `${length} bytes`).toBeInstanceOf(LabError);
      expect((result as LabError).message).toMatch(
        /is cut off|too short|header claims|its header is|tensors take|shorter than/,
      );
    }
  });

  it.each(containers)('%s with any one byte damaged is read or refused', async (name) => {
    const whole = fixture(name);
    let refused = 0;
    for (let at = 0; at < whole.length; at++) {
      const damaged = whole.slice();
      damaged[at] = (damaged[at] ?? 0) ^ (FLIPS[at % FLIPS.length] ?? 0);
      if ((await outcome(damaged)) instanceof LabError) refused++;
    }
    // What is not refused is a value or a name that has become another one, or a byte that means nothing.
    expect(refused).toBeGreaterThan(0);
  });

  it('values damaged inside a ZIP are noticed by their checksum', async () => {
    const values = Float32Array.of(1.25, -7.5);
    const pickle = claims({ count: 2, shape: [2], strides: [1] });
    const whole = torchZip(pickle, new Uint8Array(values.buffer));
    const at = Buffer.from(whole).indexOf(Buffer.from(values.buffer));
    for (let i = at; i < at + values.byteLength; i++) {
      const damaged = whole.slice();
      damaged[i] = (damaged[i] ?? 0) ^ 0x10;
      expect(await sentence(damaged)).toMatch(/the checksum of "x\/data\/0" in it is wrong/);
    }
  });
});
