import { LabError } from '@shared/errors';
import { nearest } from '@shared/params';

/** What `import.meta.glob(..., { eager: true })` yields for a folder of default exports. */
type Files<T> = Readonly<Record<string, { readonly default: T }>>;

export interface Registry<T> {
  readonly all: ReadonlyMap<string, T>;
  /** @throws LabError `not-found` with the nearest name that exists */
  find(id: string): T;
}

/**
 * A folder as a registry: one definition per file, its id being the file's stem.
 * @param kind what one entry is called in messages, e.g. "model"
 * @throws Error where a definition's id is not its file's stem
 */
export function registry<T extends { readonly id: string }>(
  kind: string,
  files: Files<T>,
): Registry<T> {
  const all = new Map<string, T>();
  for (const [path, { default: definition }] of Object.entries(files)) {
    const stem = path.replace(/^.*\//, '').replace(/\.ts$/, '');
    if (definition.id !== stem) throw new Error(`${kind}: ${path} declares id "${definition.id}"`);
    if (all.has(stem)) throw new Error(`${kind}: two files declare id "${stem}"`);
    all.set(stem, definition);
  }
  return {
    all,
    find(id) {
      const found = all.get(id);
      if (found) return found;
      const near = nearest(id, [...all.keys()]);
      throw new LabError({
        kind: 'not-found',
        message: `there is no ${kind} "${id}"`,
        safe: 'Nothing was started.',
        next: near ? `Did you mean "${near}"?` : `Known: ${[...all.keys()].join(', ')}.`,
      });
    },
  };
}
