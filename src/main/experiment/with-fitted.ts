import type { ParamSpec, ParamValues } from '@shared/params';
import type { Context } from './context';

/** Values in which the name of a fit stands for its file, with the file's checksum in its place. */
export function withFitted(
  { fitted }: Pick<Context, 'fitted'>,
  specs: readonly ParamSpec[],
  values: Readonly<ParamValues>,
): ParamValues {
  const found = { ...values };
  for (const { id, type } of specs) {
    const given = values[id];
    const sha256 = type === 'weights' && typeof given === 'string' ? fitted.get(given) : undefined;
    if (sha256 !== undefined) found[id] = sha256;
  }
  return found;
}
