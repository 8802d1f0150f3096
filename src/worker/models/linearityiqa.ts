import * as tf from '@tensorflow/tfjs-core';
import { read } from '@shared/params';
import { BatchNorm, Linear, Module, Scope, globalAvgPool } from '../nn';
import type { BatchNormMode, StateEntry } from '../nn';
import type { ForwardContext, Line, Model, ModelDef, OutputMapping } from './model';
import { linearityIqaPresets, linearityIqaRecipe, linearityIqaViews } from './recipes/linearityiqa';
import { IMAGENET, normalise } from './trunks/normalise';
import { ResNet, resNetWidths, sequentialNames } from './trunks/resnet';
import type { ResNetId } from './trunks/resnet';

/** Widths of the layers between a level's mean features and its 64 reduced ones. */
const REDUCED = [1024, 256, 64] as const;
const HEADS = 3;

/** Three linear layers, each followed by batch normalisation, and one ReLU at the very end. */
class Reduction extends Module {
  readonly #layers: readonly { readonly linear: Linear; readonly norm: BatchNorm }[];

  constructor(scope: Scope, inputs: number) {
    super(scope);
    this.#layers = REDUCED.map((outputs, i) => ({
      linear: this.child(
        `${2 * i}`,
        (own) => new Linear(own, { inputs: REDUCED[i - 1] ?? inputs, outputs }),
      ),
      norm: this.child(`${2 * i + 1}`, (own) => new BatchNorm(own, outputs)),
    }));
  }

  forward(x: tf.Tensor2D, mode: BatchNormMode): tf.Tensor2D {
    return tf.relu(
      this.#layers.reduce((y, { linear, norm }) => norm.forward(linear.forward(y), mode), x),
    );
  }
}

/**
 * LinearityIQA (Li, Jiang & Jiang, ACM MM 2020): mean features of the last two ResNet stages ("level 6" and "level 7"),
 * reduced to 64 each; one score from both, and one from each level. Norm-in-norm training leaves the scores' unit open:
 * a straight line per score, fitted to the ratings afterwards, turns it into theirs.
 */
class LinearityIqa extends Module implements Model {
  readonly normalisation = IMAGENET;
  readonly mapping: OutputMapping;
  readonly #trunk: ResNet;
  readonly #reductions: readonly [Reduction, Reduction];
  /** Fused, level 6, level 7. */
  readonly #outputs: readonly [Linear, Linear, Linear];

  constructor(id: ResNetId, width: number, seed: number) {
    super(new Scope(seed));
    const [, , six, seven] = resNetWidths(id, width);
    this.#trunk = this.child(
      'features',
      (scope) => new ResNet(scope, { id, names: sequentialNames, width }),
    );
    this.#reductions = [
      this.child('dr6', (scope) => new Reduction(scope, six)),
      this.child('dr7', (scope) => new Reduction(scope, seven)),
    ];
    const output = (name: string, inputs: number): Linear =>
      this.child(name, (scope) => new Linear(scope, { inputs, outputs: 1 }));
    const [level6, level7] = [output('regr6', 64), output('regr7', 64)];
    this.#outputs = [output('regression', 128), level6, level7];
    this.mapping = lineMapping(this.buffer('k', [HEADS], 1), this.buffer('b', [HEADS], 0));
  }

  heads(x: tf.Tensor4D, context: ForwardContext): tf.Tensor2D {
    const { batchNorm: mode, recompute } = context;
    const pixels = normalise(x, this.normalisation);
    const [, , level6, level7] = this.#trunk.stages(pixels, mode, recompute);
    const six = this.#reductions[0].forward(globalAvgPool(level6), mode);
    const seven = this.#reductions[1].forward(globalAvgPool(level7), mode);
    const [fused, first, second] = this.#outputs;
    return tf.concat(
      [fused.forward(tf.concat([six, seven], 1)), first.forward(six), second.forward(seven)],
      1,
    );
  }

  forward(x: tf.Tensor4D, context: ForwardContext): tf.Tensor1D {
    const raw = tf.slice(this.heads(x, context), [0, 0], [x.shape[0], 1]);
    const score: tf.Tensor1D = tf.reshape(raw, [x.shape[0]]);
    const line = this.mapping.get()[0];
    return line ? tf.add(tf.mul(score, line.scale), line.offset) : score;
  }

  /** Trunk and head files know no lines, and neither do checkpoints from before they are fitted: scores stay raw. */
  override loadStateDict(state: ReadonlyMap<string, Readonly<StateEntry>>): void {
    const lines = new Map<string, StateEntry>([
      ['k', { shape: [HEADS], data: new Float32Array(HEADS).fill(1) }],
      ['b', { shape: [HEADS], data: new Float32Array(HEADS) }],
    ]);
    super.loadStateDict(new Map([...lines, ...state]));
  }
}

/**
 * The lines as weights, so that they are stored with the others, under the names of the released checkpoints. Slope 1
 * and offset 0, which change nothing, stand for lines not fitted yet.
 */
function lineMapping(k: tf.Variable, b: tf.Variable): OutputMapping {
  let lines: readonly Line[] = [];
  let seen: readonly object[] = [];
  return {
    get() {
      // Loading weights replaces what a variable holds: its data id is an object of its own for each content.
      if (seen[0] !== k.dataId || seen[1] !== b.dataId) {
        const [scales, offsets] = [k.dataSync<'float32'>(), b.dataSync<'float32'>()];
        const fitted = scales.some((scale) => scale !== 1) || offsets.some((value) => value !== 0);
        const all = Array.from(scales, (scale, i) => ({ scale, offset: offsets[i] ?? 0 }));
        lines = fitted ? all : [];
        seen = [k.dataId, b.dataId];
      }
      return lines;
    },
    set(next) {
      if (next.length !== 0 && next.length !== HEADS) {
        throw new Error(
          `linearityiqa: needs a line for each of ${HEADS} scores, or none, got ${next.length}`,
        );
      }
      const all = next.length === 0 ? Array<Line>(HEADS).fill({ scale: 1, offset: 0 }) : next;
      tf.tidy(() => {
        k.assign(tf.tensor1d(all.map((line) => line.scale)));
        b.assign(tf.tensor1d(all.map((line) => line.offset)));
      });
    },
  };
}

const backbones: readonly ResNetId[] = ['resnet18', 'resnet34', 'resnet50'];

const model: ModelDef = {
  id: 'linearityiqa',
  version: 1,
  title: 'LinearityIQA',
  citation: 'Li, Jiang & Jiang, ACM MM 2020',
  summary:
    'A ResNet with quality scores from its last two stages, trained by how well scores and ratings lie on a line. Whole pictures; starts from ImageNet weights.',
  params: [
    {
      type: 'choice',
      id: 'backbone',
      label: 'Trunk',
      help: 'The network that reads the picture. Larger ones see more and take longer.',
      level: 'guided',
      default: 'resnet34',
      options: backbones.map((value) => ({ value, label: value.replace('resnet', 'ResNet-') })),
      paper: { value: 'resnet34', source: 'Table S5' },
    },
    {
      type: 'number',
      id: 'width',
      label: 'Width',
      help: 'Share of the published channels of the trunk. Published weights fit 1 only; less gives a smaller network that starts from scratch.',
      level: 'expert',
      default: 1,
      min: 0.01,
      max: 1,
    },
  ],
  recipe: linearityIqaRecipe,
  presets: linearityIqaPresets,
  miniature: { backbone: 'resnet18', width: 0.125 },
  views: (_values, trainer) => linearityIqaViews(trainer),
  mapped: true,
  labScale: { scale: 1, offset: 0 },
  build: (values, seed) => {
    const backbone = backbones.find((id) => id === read.string(values, 'backbone'));
    if (!backbone) throw new Error(`linearityiqa: unknown trunk "${String(values['backbone'])}"`);
    return new LinearityIqa(backbone, read.number(values, 'width'), seed);
  },
};

export default model;
