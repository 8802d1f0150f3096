/**
 * What a Python pickle may turn into here: data, never behaviour. Lists, tuples, dictionaries and sets have classes of
 * their own, because Python tells them apart and a weights file means something else by each.
 */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleList
  | PickleTuple
  | PickleDict
  | PickleSet
  | PickleObject;

export class PickleList {
  constructor(readonly items: PickleValue[] = []) {}
}

export class PickleTuple {
  constructor(readonly items: readonly PickleValue[]) {}
}

export class PickleDict {
  readonly entries = new Map<PickleValue, PickleValue>();

  /** The value under a text key, undefined where there is none. */
  get(key: string): PickleValue | undefined {
    return this.entries.get(key);
  }
}

export class PickleSet {
  readonly items = new Set<PickleValue>();
}

/** Whatever the reader's rules make of a global name, a call or a persistent id. */
export abstract class PickleObject {
  abstract readonly kind: string;
}

/** A value that can hold others, and so can be met twice. */
export type PickleContainer = PickleList | PickleTuple | PickleDict | PickleSet;

export function isContainer(value: PickleValue | undefined): value is PickleContainer {
  return (
    value instanceof PickleList ||
    value instanceof PickleTuple ||
    value instanceof PickleDict ||
    value instanceof PickleSet
  );
}

/** What a container holds directly: items, or keys and values. */
export function children(container: PickleContainer): Iterable<PickleValue> {
  if (container instanceof PickleDict) {
    return [...container.entries].flat();
  }
  return container.items;
}

/**
 * Whether a value contains itself. Every container is visited once and the path is kept on the heap, so neither sharing
 * nor depth in a hostile file costs more than the file's own length.
 */
export function hasCycle(root: PickleValue): boolean {
  const finished = new Set<PickleContainer>();
  const onPath = new Set<PickleContainer>();
  const path: { container: PickleContainer; rest: Iterator<PickleValue> }[] = [];
  const enter = (container: PickleContainer): void => {
    onPath.add(container);
    path.push({ container, rest: children(container)[Symbol.iterator]() });
  };
  if (isContainer(root)) enter(root);
  for (let top = path.at(-1); top; top = path.at(-1)) {
    const next = top.rest.next();
    if (next.done) {
      onPath.delete(top.container);
      finished.add(top.container);
      path.pop();
    } else if (isContainer(next.value) && !finished.has(next.value)) {
      if (onPath.has(next.value)) return true;
      enter(next.value);
    }
  }
  return false;
}
