import type { WeightTensor } from '../weights-file';

/**
 * What a weights file of one origin holds, so that a file can be told by its names and shapes alone. A layout is one file
 * in this folder with a default export of this type; its id is the file's stem, and for a model the model's id.
 */
export interface Layout {
  readonly id: string;
  /** `trunk`: weights that a model starts from; `distance`: those of a picture distance. */
  readonly kind: 'model' | 'trunk' | 'distance';
  readonly title: string;
  /** Sizes the same design comes in; most have one. */
  readonly variants: readonly Variant[];
  /** Names of the same tensors elsewhere; the layout's own are its authors'. */
  readonly namings?: readonly Naming[];
  /** Tensors that the authors' files have and nothing here uses, e.g. a classifier. */
  readonly unused?: RegExp;
  /** Trunks whose weights this model starts from. */
  readonly starts?: readonly Start[];
}

export interface Variant {
  readonly id: string;
  readonly tensors: Tensors;
}

/** By state-dict name, in the order of the state dict. */
export type Tensors = ReadonlyMap<string, TensorRule>;

export interface TensorRule {
  /** PyTorch's. */
  readonly shape: readonly number[];
  /** A buffer is stored but not trained. */
  readonly role: 'parameter' | 'buffer';
  /** A counter or a constant that old or lean files leave out. */
  readonly optional?: boolean;
}

export interface Naming {
  /** Whose names: "pyiqa". */
  readonly title: string;
  /** This layout's name for a name of the file; null where the file cannot have it. */
  ours(name: string): string | null;
}

export interface Start {
  /** Id of a trunk's layout. */
  readonly trunk: string;
  /** Where only one variant of the model starts from it. */
  readonly variant?: string;
  /** The model's name for a tensor of the trunk. */
  inModel(name: string): string;
}

export type WeightTensors = ReadonlyMap<string, WeightTensor>;

/** A naming by replacement: the first pattern that matches decides. */
export function renaming(title: string, rules: readonly (readonly [RegExp, string])[]): Naming {
  return {
    title,
    ours(name) {
      const rule = rules.find(([pattern]) => pattern.test(name));
      return rule ? name.replace(rule[0], rule[1]) : null;
    },
  };
}
