import { describe, expect, it } from 'vitest';
import { ahead } from '../../../src/worker/data/ahead';

describe('ahead', () => {
  it('yields in order whatever finishes first', async () => {
    const delays = [20, 1, 10, 0];
    const wait = (ms: number) =>
      new Promise<number>((resolve) => setTimeout(() => resolve(ms), ms));
    const seen: number[] = [];
    for await (const value of ahead(delays, 3, wait)) seen.push(value);
    expect(seen).toEqual(delays);
  });

  it('starts at most `depth` items beyond the one in hand', async () => {
    let started = 0;
    const work = (item: number): Promise<number> => {
      started++;
      return Promise.resolve(item);
    };
    const results = ahead([0, 1, 2, 3, 4, 5], 2, work);
    await results.next();
    // One in hand, two ahead, and the next of those begun when the first was taken.
    expect(started).toBe(4);
  });

  it('fails at the item that failed, after those before it', async () => {
    const work = (item: number): Promise<number> =>
      item === 2 ? Promise.reject(new Error('item 2')) : Promise.resolve(item);
    const seen: number[] = [];
    const all = (async () => {
      for await (const value of ahead([0, 1, 2, 3], 3, work)) seen.push(value);
    })();
    await expect(all).rejects.toThrow('item 2');
    expect(seen).toEqual([0, 1]);
  });
});
