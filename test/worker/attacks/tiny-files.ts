import { defaultValues, holds, type ParamValues } from '../../../src/shared/params';
import type { AttackDef, AttackWeights } from '../../../src/worker/attacks/attack';
import { AttackBatch } from '../../../src/worker/attacks/harness/attack-batch';
import { smallAlexNet, smallDists, smallLpips, smallVgg } from '../fidelity/trunks';

/** Miniatures of the files that attacks read, by what a file of that kind is recognised as. */
const miniatures: Readonly<Record<string, () => AttackWeights>> = {
  vgg16: () => opened('vgg16', smallVgg()),
  alexnet: () => opened('alexnet', smallAlexNet()),
  'lpips-vgg': () => opened('lpips-vgg', smallLpips('vgg')),
  'lpips-alex': () => opened('lpips-alex', smallLpips('alex')),
  dists: () => opened('dists', smallDists()),
};

function opened(id: string, tensors: AttackWeights['tensors']): AttackWeights {
  return { id, variant: id, tensors, extra: {} };
}

/** A checksum that no file has: the miniatures are never written. */
const someSha256 = '0'.repeat(64);

/** An attack's settings with a file chosen wherever one is asked for, and a batch that holds them all. */
export function withTinyFiles(
  attack: Pick<AttackDef, 'params' | 'needs'>,
  given: Readonly<ParamValues>,
): { params: ParamValues; batch: AttackBatch } {
  const params = { ...defaultValues(attack.params), ...given };
  const files = new Map<string, AttackWeights>();
  for (const spec of attack.params) {
    if (spec.type !== 'weights' || !holds(spec.when, params)) continue;
    params[spec.id] = someSha256;
    files.set(spec.id, miniature(spec.accepts[0] ?? spec.id));
  }
  for (const { entry, when } of attack.needs ?? []) {
    if (holds(when, params)) files.set(entry, miniature(entry));
  }
  return { params, batch: new AttackBatch(files) };
}

function miniature(id: string): AttackWeights {
  const make = miniatures[id];
  if (!make) throw new Error(`tiny-files.ts: add a miniature of "${id}"`);
  return make();
}
