import * as tf from '@tensorflow/tfjs-core';
import { LabError } from '@shared/errors';
import { read } from '@shared/params';
import type { ParamValues } from '@shared/params';
import { Conv2d, Linear, Module, Scope, dropout, recomputed } from '../nn';
import type { ForwardContext, Model, ModelDef } from './model';
import { maniqaPresets, maniqaRecipe } from './recipes/maniqa';
import { maniqaParams } from './trunks/maniqa-settings';
import { SYMMETRIC, normalise } from './trunks/normalise';
import { ScaleSwin } from './trunks/swin';
import { ChannelAttention } from './trunks/tab';
import { VisionTransformer } from './trunks/vit';

/** Attention blocks over channels in each stage. */
const CHANNEL_ATTENTIONS = 2;
const WINDOW = 4;
const SWIN_HEADS = 4;
/** Outputs of this many blocks are joined; the last two blocks of the transformer are not used. */
const TAPPED = 4;
const UNUSED = 2;

interface Architecture {
  readonly size: number;
  readonly patch: number;
  readonly channels: number;
  readonly heads: number;
  readonly depth: number;
  readonly scale: number;
  readonly dropout: number;
  readonly dropPath: number;
}

/** @throws LabError `bad-input` where sizes do not divide evenly */
function architecture(values: Readonly<ParamValues>): Architecture {
  const number = (id: string): number => read.number(values, id);
  const settings = {
    size: number('pictureSize'),
    patch: number('patchSize'),
    channels: number('channels'),
    heads: number('heads'),
    depth: number('depth'),
    scale: number('scale'),
    dropout: number('dropout'),
    dropPath: number('dropPath'),
  };
  const { size, patch, channels, heads } = settings;
  // Windows of 4 x 4 patches cover the picture; the second stage is half as wide and has four heads.
  divides('view size', size, patch * WINDOW, `${WINDOW} times the patch size`);
  divides('channels', channels, 2 * SWIN_HEADS, `${2 * SWIN_HEADS}`);
  divides('channels', channels, heads, 'the number of heads');
  return settings;
}

function divides(what: string, value: number, part: number, unit: string): void {
  if (value % part === 0) return;
  throw new LabError({
    kind: 'bad-input',
    message: `MANIQA: ${what} must be a multiple of ${unit} (${part}), got ${value}`,
    safe: 'Nothing was started.',
    next: 'Change one of the two settings, or leave the published values.',
  });
}

/**
 * Multi-dimension attention network (Yang et al., CVPRW 2022): features of four transformer blocks, twice attention over
 * channels and then over windows, and a score and a weight per patch. Native scores are 0 to 1.
 */
class Maniqa extends Module implements Model {
  readonly normalisation = SYMMETRIC;
  readonly idle: readonly string[];
  readonly #side: number;
  readonly #vit: VisionTransformer;
  readonly #channel1: readonly ChannelAttention[];
  readonly #conv1: Conv2d;
  readonly #swin1: ScaleSwin;
  readonly #channel2: readonly ChannelAttention[];
  readonly #conv2: Conv2d;
  readonly #swin2: ScaleSwin;
  readonly #score: Head;
  readonly #weight: Head;

  constructor(settings: Architecture, seed: number) {
    super(new Scope(seed));
    const { size, patch, channels, depth } = settings;
    const side = size / patch;
    this.#side = side;
    const taps = Array.from({ length: TAPPED }, (_, i) => depth - UNUSED - TAPPED + i);
    this.#vit = this.child('vit', (scope) => new VisionTransformer(scope, { ...settings, taps }));
    const attentions = (name: string): ChannelAttention[] =>
      Array.from({ length: CHANNEL_ATTENTIONS }, (_, i) =>
        this.child(
          `${name}.${i}`,
          (scope) => new ChannelAttention(scope, `${name}.${i}`, side ** 2, settings.dropout),
        ),
      );
    const mixing = (name: string, inputs: number, outputs: number): Conv2d =>
      this.child(name, (scope) => new Conv2d(scope, { inputs, outputs, kernel: 1 }));
    const swin = (name: string, width: number): ScaleSwin =>
      this.child(
        name,
        (scope) =>
          new ScaleSwin(scope, name, {
            ...settings,
            channels: width,
            resolution: side,
            window: WINDOW,
            heads: SWIN_HEADS,
            hidden: channels,
          }),
      );
    const narrow = channels / 2;
    this.#channel1 = attentions('tablock1');
    this.#conv1 = mixing('conv1', TAPPED * channels, channels);
    this.#swin1 = swin('swintransformer1', channels);
    this.#channel2 = attentions('tablock2');
    this.#conv2 = mixing('conv2', channels, narrow);
    this.#swin2 = swin('swintransformer2', narrow);
    const head = (name: string): Head =>
      this.child(name, (scope) => new Head(scope, name, narrow, settings.dropout));
    this.#score = head('fc_score');
    this.#weight = head('fc_weight');
    this.idle = [
      ...this.#vit.idle.map((name) => `vit.${name}`),
      ...this.#swin1.idle.map((name) => `swintransformer1.${name}`),
      ...this.#swin2.idle.map((name) => `swintransformer2.${name}`),
    ];
  }

  forward(x: tf.Tensor4D, context: ForwardContext): tf.Tensor1D {
    const taps = this.#vit.forward(normalise(x, this.normalisation), context.recompute);
    const joined = tf.concat(taps, 2);
    const wide = this.#stage(joined, this.#channel1, this.#conv1, this.#swin1, context);
    const narrow = this.#stage(wide, this.#channel2, this.#conv2, this.#swin2, context);
    const score = tf.relu(this.#score.forward(narrow, context));
    const weight = tf.sigmoid(this.#weight.forward(narrow, context));
    // Each patch counts by its weight, which is above 0: no epsilon is needed.
    return tf.div(tf.sum(tf.mul(score, weight), 1), tf.sum(weight, 1));
  }

  /** Attention over channels, a linear map of each token, attention over windows; tokens in and out. */
  #stage(
    tokens: tf.Tensor3D,
    attentions: readonly ChannelAttention[],
    conv: Conv2d,
    swin: ScaleSwin,
    context: ForwardContext,
  ): tf.Tensor3D {
    return tf.tidy(() => {
      const [n, count, channels] = tokens.shape;
      const byChannel: tf.Tensor3D = tf.transpose(tokens, [0, 2, 1]);
      const attended = attentions.reduce(
        (y, block) => recomputed(context.recompute, block, [y], (at) => block.forward(at, context)),
        byChannel,
      );
      const side = this.#side;
      const back = tf.transpose(attended, [0, 2, 1]);
      const map: tf.Tensor4D = tf.reshape(back, [n, side, side, channels]);
      const mapped = conv.forward(map);
      return swin.forward(tf.reshape(mapped, [n, count, mapped.shape[3]]), context);
    });
  }
}

/** One number per token: linear, ReLU, dropout, linear, under the names of the released sequence. */
class Head extends Module {
  readonly #first: Linear;
  readonly #last: Linear;
  readonly #name: string;
  readonly #rate: number;

  constructor(scope: Scope, name: string, channels: number, rate: number) {
    super(scope);
    this.#name = name;
    this.#rate = rate;
    const linear = (index: string, outputs: number): Linear =>
      this.child(index, (inner) => new Linear(inner, { inputs: channels, outputs }));
    this.#first = linear('0', channels);
    this.#last = linear('3', 1);
  }

  /** @param x `[n, tokens, channels]`; @returns `[n, tokens]` */
  forward(x: tf.Tensor3D, { training, seed, step }: ForwardContext): tf.Tensor2D {
    return tf.tidy(() => {
      const hidden = tf.relu(this.#first.forward(x));
      const kept = training
        ? dropout(hidden, this.#rate, { seed, step, name: this.#name })
        : hidden;
      return tf.squeeze(this.#last.forward(kept), [2]);
    });
  }
}

const model: ModelDef = {
  id: 'maniqa',
  version: 1,
  title: 'MANIQA',
  citation: 'Yang, Wu, Shi, Lao, Gong, Cao, Wang & Yang, CVPR Workshops 2022',
  summary:
    'A vision transformer whose features pass through attention over channels and over windows; every patch of the picture has a score and a weight. Large: one step at the published size takes several gigabytes.',
  params: maniqaParams,
  recipe: maniqaRecipe,
  presets: maniqaPresets,
  miniature: { pictureSize: 64, channels: 16, heads: 2 },
  views: (values, trainer) => {
    const side = read.number(values, 'pictureSize');
    const shrunk = read.string(trainer, 'shrink') === 'koniq';
    const size = { height: side, width: side };
    return { kind: 'crop', ...size, resized: shrunk ? [{ ...size, filter: 'cubic' }] : [] };
  },
  drops: true,
  labScale: { scale: 100, offset: 0 },
  build: (values, seed) => new Maniqa(architecture(values), seed),
};

export default model;
