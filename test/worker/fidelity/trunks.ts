import type { Tensors } from '../../../src/worker/fidelity/networks/trunk';
import { drawnTensor, uniformOf } from '../../helpers/drawn';

/** Small trunks with drawn weights, as test/fixtures/torch/fidelity.py has them. */
const vggGroups = [
  [4, 4],
  [8, 8],
  [16, 16, 16],
  [32, 32, 32],
  [32, 32, 32],
] as const;
const alexLayers = [
  [0, 8, 11],
  [3, 24, 5],
  [6, 48, 3],
  [8, 32, 3],
  [10, 32, 3],
] as const;

type Convolutions = readonly (readonly [position: number, outputs: number, kernel: number])[];

function convolutions(layers: Convolutions): Tensors {
  let inputs = 3;
  const entries = layers.flatMap(([position, outputs, kernel]) => {
    const shape = [outputs, inputs, kernel, kernel];
    inputs = outputs;
    const name = `features.${position}`;
    return [tensor(`${name}.weight`, shape), tensor(`${name}.bias`, [outputs])];
  });
  return new Map(entries);
}

function tensor(name: string, shape: number[]): [string, { shape: number[]; data: Float32Array }] {
  return [name, { shape, data: drawnTensor(name, shape) }];
}

/** VGG-16 with a sixteenth of the channels, by torchvision's names. */
export function smallVgg(): Tensors {
  let position = -1;
  return convolutions(
    vggGroups.flatMap((group) => {
      const layers = group.map((outputs) => [(position += 2) - 1, outputs, 3] as const);
      position += 1;
      return layers;
    }),
  );
}

/** AlexNet with an eighth of the channels. */
export function smallAlexNet(): Tensors {
  return convolutions(alexLayers);
}

/** Non-negative linear layers of LPIPS. */
export function smallLpips(trunk: 'alex' | 'vgg'): Tensors {
  const channels =
    trunk === 'vgg' ? vggGroups.map((group) => group[0]) : alexLayers.map(([, outputs]) => outputs);
  return new Map(
    channels.map((count, i) => [
      `lin${i}.model.1.weight`,
      { shape: [1, count, 1, 1], data: positive(`${trunk}/lin${i}`, count) },
    ]),
  );
}

/** Alpha and beta of DISTS. */
export function smallDists(): Tensors {
  const count = vggGroups.reduce((sum, group) => sum + group[0], 3);
  return new Map(
    ['alpha', 'beta'].map((name) => [
      name,
      { shape: [1, count, 1, 1], data: positive(name, count) },
    ]),
  );
}

function positive(name: string, count: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => uniformOf(name)(i));
}
