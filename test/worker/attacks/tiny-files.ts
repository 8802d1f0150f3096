import { defaultValues, holds, type ParamValues } from '../../../src/shared/params';
import type { AttackDef, AttackWeights } from '../../../src/worker/attacks/attack';
import { random, type RandomStream } from '../../../src/shared/random';
import { PerturbationNet } from '../../../src/worker/surrogates/perturbation-net';
import { Substitute } from '../../../src/worker/surrogates/substitute';
import { AttackBatch } from '../../../src/worker/attacks/harness/attack-batch';
import { smallAlexNet, smallDists, smallLpips, smallVgg } from '../fidelity/trunks';

/** Miniatures of the files that attacks read, by what a file of that kind is recognised as. */
const miniatures: Readonly<Record<string, () => AttackWeights>> = {
  vgg16: () => opened('vgg16', smallVgg()),
  alexnet: () => opened('alexnet', smallAlexNet()),
  'lpips-vgg': () => opened('lpips-vgg', smallLpips('vgg')),
  'lpips-alex': () => opened('lpips-alex', smallLpips('alex')),
  dists: () => opened('dists', smallDists()),
  'uap-pattern': () => fitted('uap-pattern', patternOf(random(5, 'tiny-pattern'))),
  'kor-substitute': () =>
    fitted('kor-substitute', networkOf(new Substitute('small', 5)), { trunk: 'small' }),
  'facpa-generator': () => {
    const size = { depth: 2, width: 4 };
    return fitted('facpa-generator', networkOf(new PerturbationNet(size, 5)), size);
  },
};

function opened(id: string, tensors: AttackWeights['tensors']): AttackWeights {
  return { id, variant: id, tensors, extra: {} };
}

type TensorMap = AttackWeights['tensors'];

/** As the worker opens the file of a fit. */
function fitted(id: string, tensors: TensorMap, settings: ParamValues = {}): AttackWeights {
  const texts = { kind: 'tiny', id, title: id, provenance: '{}' };
  const extra = { ...texts, format: 'iqalab-fit-1', fit_settings: JSON.stringify(settings) };
  return { id, variant: '', tensors, extra };
}

function patternOf(stream: RandomStream): TensorMap {
  const data = stream.uniforms(5 * 7 * 3, -0.1, 0.1);
  return new Map([['pattern', { shape: [5, 7, 3], data }]]);
}

/** Weights as drawn; the network is given back. */
function networkOf(network: Substitute | PerturbationNet): TensorMap {
  const state = network.stateDict();
  network.dispose();
  return state;
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
