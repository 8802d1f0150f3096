import type { Refusals } from './refusal';
import type { WeightTensor } from './weights-file';

/**
 * Vision transformers as Google Research publishes them (Flax; Steiner et al., TMLR 2022), which timm converts when it
 * downloads them: other names, the inputs of a layer on the first axes and its outputs on the last, heads on an axis of
 * their own, and query, key and value apart.
 */
type Tensors = ReadonlyMap<string, WeightTensor>;

const PREFIX = /^opt\/target\//;
const BLOCK = /^Transformer\/encoderblock_(\d+)\/(.+)$/;
const QKV = /^MultiHeadDotProductAttention_1\/(query|key|value)\/(kernel|bias)$/;
const PARTS = ['query', 'key', 'value'];

const outside: readonly (readonly [RegExp, string])[] = [
  [/^cls$/, 'cls_token'],
  [/^embedding\//, 'patch_embed.proj.'],
  [/^Transformer\/posembed_input\/pos_embedding$/, 'pos_embed'],
  [/^Transformer\/encoder_norm\//, 'norm.'],
  [/^pre_logits\//, 'pre_logits.fc.'],
  [/^head\//, 'head.'],
];
const inside: readonly (readonly [RegExp, string])[] = [
  [/^LayerNorm_0\//, 'norm1.'],
  [/^LayerNorm_2\//, 'norm2.'],
  [/^MultiHeadDotProductAttention_1\/out\//, 'attn.proj.'],
  [/^MlpBlock_3\/Dense_0\//, 'mlp.fc1.'],
  [/^MlpBlock_3\/Dense_1\//, 'mlp.fc2.'],
];

export function isFlaxVit(names: readonly string[]): boolean {
  const plain = names.map((name) => name.replace(PREFIX, ''));
  return plain.includes('embedding/kernel') && plain.includes('Transformer/encoder_norm/scale');
}

/** @returns the tensors under timm's names and in PyTorch's axes; unknown ones stay as they are */
export function fromFlaxVit(tensors: Tensors, refuse: Refusals): Map<string, WeightTensor> {
  const result = new Map<string, WeightTensor>();
  const attention = new Map<string, (WeightTensor | undefined)[]>();
  for (const [full, tensor] of tensors) {
    const name = full.replace(PREFIX, '');
    const [, index, rest = ''] = BLOCK.exec(name) ?? [];
    const [, part = '', what] = QKV.exec(rest) ?? [];
    if (index !== undefined && what !== undefined) {
      const target = `blocks.${index}.attn.qkv.${what === 'kernel' ? 'weight' : 'bias'}`;
      // Inputs on the first axis, then heads and their widths.
      const flat = what === 'kernel' ? transposed(tensor, 1) : flattened(tensor);
      const parts = attention.get(target) ?? [];
      parts[PARTS.indexOf(part)] = flat;
      attention.set(target, parts);
    } else if (index !== undefined) {
      result.set(`blocks.${index}.${renamed(rest, inside)}`, turned(name, tensor));
    } else {
      result.set(renamed(name, outside), turned(name, tensor));
    }
  }
  for (const [target, parts] of attention) {
    const whole = PARTS.map((_, i) => parts[i]).filter((part) => part !== undefined);
    if (whole.length < PARTS.length || new Set(whole.map(({ data }) => data.length)).size > 1) {
      throw refuse.damaged(`is damaged: "${target}" has not three parts of one size`);
    }
    result.set(target, joined(whole));
  }
  return result;
}

function renamed(name: string, rules: readonly (readonly [RegExp, string])[]): string {
  const rule = rules.find(([pattern]) => pattern.test(name));
  if (!rule) return name;
  return name.replace(rule[0], rule[1]).replace(/(?<=\.)(kernel|scale)$/, 'weight');
}

/** A kernel with its outputs first; anything else as it is. */
function turned(name: string, tensor: WeightTensor): WeightTensor {
  if (!name.endsWith('/kernel')) return tensor;
  const { shape } = tensor;
  const matrix = transposed(tensor, shape.length - 1);
  if (shape.length !== 4) return matrix;
  // A convolution: [height, width, in, out] has become [out, height * width * in].
  const [height = 0, width = 0, inputs = 0, outputs = 0] = shape;
  const data = new Float32Array(matrix.data.length);
  for (let o = 0; o < outputs; o++) {
    for (let position = 0; position < height * width; position++) {
      for (let i = 0; i < inputs; i++) {
        data[(o * inputs + i) * height * width + position] =
          matrix.data[(o * height * width + position) * inputs + i] ?? 0;
      }
    }
  }
  return { shape: [outputs, inputs, height, width], data };
}

/** The matrix of the first axes times the rest, transposed. */
function transposed({ shape, data }: WeightTensor, firstAxes: number): WeightTensor {
  const rows = shape.slice(0, firstAxes).reduce((product, size) => product * size, 1);
  const columns = shape.slice(firstAxes).reduce((product, size) => product * size, 1);
  const result = new Float32Array(data.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      result[column * rows + row] = data[row * columns + column] ?? 0;
    }
  }
  return { shape: [columns, rows], data: result };
}

function flattened({ data }: WeightTensor): WeightTensor {
  return { shape: [data.length], data };
}

/** Tensors of one shape, one after another along the first axis. */
function joined(parts: readonly WeightTensor[]): WeightTensor {
  const data = new Float32Array(parts.reduce((sum, part) => sum + part.data.length, 0));
  let at = 0;
  for (const part of parts) {
    data.set(part.data, at);
    at += part.data.length;
  }
  const [first = 0, ...rest] = parts[0]?.shape ?? [];
  return { shape: [parts.length * first, ...rest], data };
}
