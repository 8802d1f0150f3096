import { shapeText } from '../engine/shape';
import { layouts, type Layout, type Naming, type Variant } from './layouts';
import type { PlainValue, WeightTensor } from './weights-file';

type Weights = ReadonlyMap<string, WeightTensor>;
type Beside = Readonly<Record<string, PlainValue>>;

/** A file whose tensors are all known. */
export interface Recognised {
  readonly kind: Layout['kind'];
  /** Of the model, or of the trunk as its publisher calls it, e.g. "resnet50". */
  readonly id: string;
  /** Which size of it, e.g. LinearityIQA on "resnet34". */
  readonly variant: string;
  readonly title: string;
  /** Whose names the file has; null: the authors'. */
  readonly naming: string | null;
  /** The tensors under the lab's names, which are the authors'. */
  readonly mapped: Weights;
  /** What may be missing and is: counters and constants. */
  readonly missing: readonly string[];
  /** Names in the file that nothing here uses, e.g. a classifier. */
  readonly unexpected: readonly string[];
  /** For a person. */
  readonly sentence: string;
}

export interface Unrecognised {
  readonly kind: 'unknown';
  /** What comes closest; null where nothing does. */
  readonly nearest: string | null;
  readonly missing: readonly string[];
  readonly unexpected: readonly string[];
  readonly sentence: string;
}

interface Comparison {
  readonly layout: Layout;
  readonly variant: Variant;
  readonly naming: Naming | null;
  readonly mapped: Map<string, WeightTensor>;
  readonly misshapen: readonly {
    name: string;
    expected: readonly number[];
    got: readonly number[];
  }[];
  readonly missing: readonly string[];
  readonly missingOptional: readonly string[];
  readonly unexpected: readonly string[];
  readonly unused: readonly string[];
}

/** Left in a state dict by tools that count operations. */
const COUNTERS = /(^|\.)total_(ops|params)$/;
/** Below this share of common names, "nearest" would only mislead. */
const MIN_SIMILARITY = 0.2;

/**
 * What a file's weights are, told by their names and shapes: one of the layouts in `layouts/`, complete and without
 * tensors that nobody knows, or else the nearest one and the first differences from it.
 *
 * @param extra values beside the weights, where some files keep what a model holds as a buffer
 */
export function recognise(tensors: Weights, extra: Beside = {}): Recognised | Unrecognised {
  const all = comparisons(tensors, extra);
  const fits = all.filter(
    ({ misshapen, missing, unexpected }) =>
      misshapen.length + missing.length + unexpected.length === 0,
  );
  // A design that is contained in another fits the smaller part of its file only.
  const best = nearestOf(fits);
  return best ? recognised(best) : unrecognised(tensors, nearestOf(all));
}

/**
 * The weights of a recognised file under the names of a model: all of them for the model's own file, those of its trunk
 * for a trunk's; null where the model has no use for the file.
 *
 * @param variant of the model, where it comes in several; absent: any
 */
export function weightsFor(modelId: string, file: Recognised, variant?: string): Weights | null {
  if (file.id === modelId) {
    // A trunk of that id is one whose names the model has kept.
    const same = file.kind === 'trunk' || variant === undefined || variant === file.variant;
    return same ? file.mapped : null;
  }
  const layout = layouts.all.get(modelId);
  const start = layout?.starts?.find(
    ({ trunk, variant: only }) =>
      trunk === file.id && (variant === undefined || only === undefined || only === variant),
  );
  if (!layout || !start) return null;
  const names = new Set(layout.variants.flatMap(({ tensors }) => [...tensors.keys()]));
  const renamed = [...file.mapped].map(([name, tensor]) => [start.inModel(name), tensor] as const);
  return new Map(renamed.filter(([name]) => names.has(name)));
}

function comparisons(tensors: Weights, extra: Beside): Comparison[] {
  return [...layouts.all.values()].flatMap((layout) =>
    layout.variants.flatMap((variant) =>
      [null, ...(layout.namings ?? [])].map((naming) =>
        compare(tensors, extra, layout, variant, naming),
      ),
    ),
  );
}

function compare(
  tensors: Weights,
  extra: Beside,
  layout: Layout,
  variant: Variant,
  naming: Naming | null,
): Comparison {
  const mapped = new Map<string, WeightTensor>();
  const misshapen: Comparison['misshapen'][number][] = [];
  const unexpected: string[] = [];
  const unused: string[] = [];
  for (const [name, tensor] of tensors) {
    const ours = naming ? naming.ours(name) : name;
    const rule = ours === null ? undefined : variant.tensors.get(ours);
    if (ours === null || !rule || mapped.has(ours)) {
      const harmless = COUNTERS.test(name) || layout.unused?.test(name);
      (harmless ? unused : unexpected).push(name);
    } else if (sameShape(rule.shape, tensor.shape)) {
      mapped.set(ours, tensor);
    } else {
      misshapen.push({ name, expected: rule.shape, got: tensor.shape });
    }
  }
  if (mapped.size > 0) {
    for (const [name, { shape, optional }] of variant.tensors) {
      const beside = optional && !mapped.has(name) ? numbers(extra, name) : null;
      if (beside && sameShape(shape, [beside.length])) mapped.set(name, { shape, data: beside });
    }
  }
  const wrong = new Set(misshapen.map(({ name }) => (naming ? naming.ours(name) : name)));
  const absent = [...variant.tensors].filter(([name]) => !mapped.has(name) && !wrong.has(name));
  const names = (optional: boolean): string[] =>
    absent.filter(([, rule]) => (rule.optional ?? false) === optional).map(([name]) => name);
  return {
    layout,
    variant,
    naming,
    mapped,
    misshapen,
    missing: names(false),
    missingOptional: names(true),
    unexpected,
    unused,
  };
}

/** A list of numbers, each possibly a list of one. */
function numbers(extra: Beside, name: string): Float32Array | null {
  const value = Object.hasOwn(extra, name) ? extra[name] : null;
  if (!Array.isArray(value)) return null;
  const flat = value.flat();
  return flat.every((item) => typeof item === 'number') ? Float32Array.from(flat) : null;
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

/** Common tensors as a share of both sides (Dice); one of another shape counts half. */
function similarity({ mapped, misshapen, missing, unexpected }: Comparison): number {
  const common = mapped.size + misshapen.length / 2;
  const sides = 2 * (mapped.size + misshapen.length) + missing.length + unexpected.length;
  return sides === 0 ? 0 : (2 * common) / sides;
}

function nearestOf(all: readonly Comparison[]): Comparison | undefined {
  const order = (a: Comparison, b: Comparison): number =>
    similarity(b) - similarity(a) || b.mapped.size - a.mapped.size;
  return all.filter(({ mapped, misshapen }) => mapped.size + misshapen.length > 0).sort(order)[0];
}

function recognised(found: Comparison): Recognised {
  const { layout, variant, naming, mapped, missingOptional, unused } = found;
  const left = unused.length > 0 ? `; ${unused.length} more are not needed` : '';
  return {
    kind: layout.kind,
    id: layout.id,
    variant: variant.id,
    title: titleOf(found),
    naming: naming?.title ?? null,
    mapped,
    missing: missingOptional,
    unexpected: unused,
    sentence: `${titleOf(found)}${naming ? `, names of ${naming.title}` : ''}: complete with ${mapped.size} tensors${left}.`,
  };
}

function titleOf({ layout, variant }: Comparison): string {
  return layout.variants.length > 1 ? `${layout.title} on ${variant.id}` : layout.title;
}

function unrecognised(tensors: Weights, nearest: Comparison | undefined): Unrecognised {
  if (!nearest || similarity(nearest) < MIN_SIMILARITY) {
    const names = [...tensors.keys()].slice(0, 3).map((name) => `"${name}"`);
    return {
      kind: 'unknown',
      nearest: null,
      missing: [],
      unexpected: [...tensors.keys()],
      sentence: `These weights belong to no model known here; they begin with ${names.join(', ')}.`,
    };
  }
  const { mapped, variant, naming, misshapen, missing, unexpected, layout } = nearest;
  const differences = [
    ...misshapen.map(
      ({ name, expected, got }) =>
        `"${name}" has shape ${shapeText(got)} instead of ${shapeText(expected)}`,
    ),
    ...firstOf(missing, 'is missing', 'are missing'),
    ...firstOf(unexpected, 'is not known', 'are not known'),
  ].slice(0, 3);
  const names = naming ? ` (names of ${naming.title})` : '';
  return {
    kind: 'unknown',
    nearest: layout.id,
    missing,
    unexpected,
    sentence:
      `These weights fit no model known here. Nearest is ${titleOf(nearest)}${names}, ` +
      `with ${mapped.size} of its ${variant.tensors.size} tensors: ${differences.join('; ')}.`,
  };
}

function firstOf(names: readonly string[], one: string, several: string): string[] {
  const [first] = names;
  if (first === undefined) return [];
  if (names.length === 1) return [`"${first}" ${one}`];
  return [`"${first}" and ${names.length - 1} more ${several}`];
}
