import type { Comparison } from '../../fidelity/comparison';
import type { AttackContext, AttackWeights, HasDispose } from '../attack';

/** The part of a context that differs from piece to piece. */
type OfPieces = Pick<
  AttackContext,
  'scorer' | 'clean' | 'seeds' | 'places' | 'checkpoint' | 'tellLoss'
>;

/**
 * What all pictures of one attack batch share: the weight files the attack reads, what it built from
 * them, and the scale of the model's own scores.
 */
export class AttackBatch implements HasDispose {
  readonly #files: ReadonlyMap<string, AttackWeights>;
  readonly #built = new Map<string, HasDispose>();
  readonly labScale: AttackContext['labScale'];
  /** Distances recorded for every picture beside those that need no file; disposed with this. */
  readonly measures: readonly Comparison[];

  /**
   * @param files opened weight files by need
   * @param labScale lab = scale * native + offset
   */
  constructor(
    files: ReadonlyMap<string, AttackWeights> = new Map(),
    labScale: AttackContext['labScale'] = { scale: 1, offset: 0 },
    measures: readonly Comparison[] = [],
  ) {
    this.#files = files;
    this.labScale = labScale;
    this.measures = measures;
  }

  context(pieces: OfPieces): AttackContext {
    const { labScale, weights, once } = this;
    return { ...pieces, labScale, weights, once };
  }

  readonly weights = (need: string): AttackWeights => {
    const file = this.#files.get(need);
    if (file) return file;
    const given = [...this.#files.keys()].join(', ') || 'none';
    throw new Error(`weights: the attack declares no file "${need}" here, got ${given}`);
  };

  /** The caller asks for one type per key. */
  readonly once = <T extends HasDispose>(key: string, build: () => T): T => {
    const known = this.#built.get(key);
    if (known) return known as T;
    const built = build();
    this.#built.set(key, built);
    return built;
  };

  dispose(): void {
    for (const built of this.#built.values()) built.dispose();
    this.#built.clear();
    for (const measure of this.measures) measure.dispose();
  }
}
