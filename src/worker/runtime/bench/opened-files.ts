import type { NeededPayload } from '@shared/worker-protocol';
import type { AttackWeights } from '../../attacks/attack';
import { openNeeded } from '../open-weights';

/**
 * The weight files of the attack in hand, kept open between questions: hashing and reading half a
 * gigabyte for every move of a slider would be waited for. Those of another attack take their place.
 */
export class OpenedFiles {
  #key = '';
  #files: ReadonlyMap<string, AttackWeights> = new Map();

  /** @throws LabError as `openNeeded` */
  async open(needed: readonly NeededPayload[]): Promise<ReadonlyMap<string, AttackWeights>> {
    const key = needed.map(({ need, path, sha256 }) => `${need} ${path} ${sha256}`).join('\n');
    if (key !== this.#key) {
      // Given back before the others are read: both together might be too much.
      this.#files = new Map();
      this.#key = '';
      this.#files = await openNeeded(needed);
      this.#key = key;
    }
    return this.#files;
  }
}
