import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { LabError } from '@shared/errors';
import type { FitDef, Fitting } from '../../fits/fit';
import { replaceFile } from '../../training/checkpoint';
import { readSafetensors, writeSafetensors } from '../../weights/safetensors';

/** Between two saves, in milliseconds: what a crash may cost. */
const everyMs = 30_000;

/** How far a fit has come, in memory and on disk. */
export class FitPosition {
  /** Steps taken. */
  step = 0;
  /** 0-based, of the last step taken. */
  epoch = 0;
  lastLoss: number | null = null;
  readonly #path: string;
  readonly #def: Pick<FitDef, 'id' | 'version'>;
  readonly #fitting: Pick<Fitting, 'state' | 'load'>;
  #sums: { sum: number; steps: number }[] = [];
  #savedMs = performance.now();

  constructor(
    path: string,
    def: Pick<FitDef, 'id' | 'version'>,
    fitting: Pick<Fitting, 'state' | 'load'>,
  ) {
    this.#path = path;
    this.#def = def;
    this.#fitting = fitting;
  }

  /** Mean loss of each epoch so far. */
  get losses(): number[] {
    return this.#sums.map(({ sum, steps }) => sum / steps);
  }

  took(loss: number, epoch: number): void {
    const epochSums = (this.#sums[epoch] ??= { sum: 0, steps: 0 });
    epochSums.sum += loss;
    epochSums.steps += 1;
    this.step += 1;
    this.epoch = epoch;
    this.lastLoss = loss;
  }

  async saveNowAndThen(): Promise<void> {
    if (performance.now() - this.#savedMs >= everyMs) await this.save();
  }

  async save(): Promise<void> {
    const { id, version } = this.#def;
    const at = { id, version, step: this.step, sums: this.#sums };
    const metadata = new Map([['position', JSON.stringify(at)]]);
    await replaceFile(this.#path, writeSafetensors(this.#fitting.state(), metadata));
    this.#savedMs = performance.now();
  }

  /** @throws LabError `bad-input` where the file is not one of this fit, `unreadable-file` where it is damaged */
  async restore(): Promise<void> {
    const { tensors, metadata } = readSafetensors(await readFile(this.#path));
    const at = v.safeParse(Position, parsed(metadata.get('position')));
    const { id, version } = this.#def;
    if (!at.success || at.output.id !== id || at.output.version !== version) throw foreign();
    this.#fitting.load(tensors);
    this.step = at.output.step;
    this.#sums = at.output.sums;
    this.epoch = Math.max(0, this.#sums.length - 1);
  }
}

const Position = v.object({
  id: v.string(),
  version: v.number(),
  step: v.pipe(v.number(), v.integer(), v.minValue(0)),
  sums: v.array(v.object({ sum: v.number(), steps: v.number() })),
});

function parsed(text = ''): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function foreign(): LabError {
  return new LabError({
    kind: 'bad-input',
    message: 'the saved position of this fit was written by another version of it',
    safe: 'Nothing was changed.',
    next: 'Cancel this fit and start it anew.',
  });
}
