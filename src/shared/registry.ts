import { LabError } from './errors';
import { nearest } from './params';

/**
 * The definitions of a folder in order of file name.
 *
 * @param modules result of an eager `import.meta.glob` of default exports, by relative path
 * @throws Error when an id differs from its file's stem, which also makes ids unique
 */
export function gathered<Def extends { readonly id: string }>(
  what: string,
  modules: Readonly<Record<string, Def>>,
): readonly Def[] {
  return Object.entries(modules).map(([path, def]) => {
    const stem = path.replace(/^\.\//, '').replace(/\.ts$/, '');
    if (def.id !== stem) throw new Error(`${what}: ${path} has the id "${def.id}", not its stem`);
    return def;
  });
}

/**
 * Figures or tables as the paper counts them: its own, then those of its supplement, then ours, each by
 * the first number of its name ("Figs. 7 and S12" is 7); equal ones in order of file name.
 */
export function inPaperOrder<Def extends { readonly paper: string | null }>(
  defs: readonly Def[],
): readonly Def[] {
  const place = ({ paper }: Def): number => {
    const [, supplement, number] = /(S?)(\d+)/.exec(paper ?? '') ?? [];
    return number === undefined ? Infinity : Number(number) + (supplement === 'S' ? 1000 : 0);
  };
  return [...defs].sort((a, b) => {
    const [x, y] = [place(a), place(b)];
    return x === y ? 0 : x - y;
  });
}

/**
 * The definition with this id.
 * @throws LabError `not-found` that names the nearest right id, or all of them
 */
export function found<Def extends { readonly id: string }>(
  what: string,
  defs: readonly Def[],
  id: string,
): Def {
  const def = defs.find((each) => each.id === id);
  if (def) return def;
  const ids = defs.map((each) => each.id);
  const near = nearest(id, ids);
  throw new LabError({
    kind: 'not-found',
    message: `There is no ${what} "${id}".`,
    safe: 'Nothing was written.',
    next: near ? `Did you mean "${near}"?` : `Choose one of ${ids.join(', ')}.`,
  });
}
