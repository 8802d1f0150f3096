import * as v from 'valibot';
import type { Method } from '@shared/rpc';
import { methods } from '@shared/rpc';
import { LabError } from '@shared/errors';
import { nearest } from '@shared/params';
import { storageError } from '../db/errors';
import type { Handler, LabContext } from './context';
import { handlers } from './handlers';

/**
 * Runs one method of the contract for a caller that is not trusted: only the contract's own names
 * count, and arguments are checked against their schema.
 * @throws LabError `bad-input` for an unknown method or wrong arguments, or what the method throws
 */
export async function dispatch(
  context: LabContext,
  method: string,
  args: unknown,
): Promise<unknown> {
  if (!isMethod(method)) throw unknownMethod(method);
  const parsed = v.safeParse(methods[method].args, args);
  if (!parsed.success) throw badArguments(method, parsed.issues);
  // The one cast: name and arguments have just been checked to belong together.
  const handler = handlers[method] as Handler<Method>;
  try {
    return await handler(context, parsed.output);
  } catch (thrown) {
    throw storageError(thrown, context.sessions.current?.workspace.layout.root ?? 'the workspace');
  }
}

/** Own keys only: an inherited name such as `constructor` is not a method. */
export function isMethod(name: string): name is Method {
  return Object.hasOwn(methods, name);
}

function unknownMethod(name: string): LabError {
  const near = nearest(name, Object.keys(methods));
  return new LabError({
    kind: 'bad-input',
    message: `there is no method ${JSON.stringify(name.slice(0, 80))}`,
    safe: 'Nothing was changed.',
    next: near ? `Did you mean "${near}"?` : 'Reload the page: it may be older than the lab.',
  });
}

function badArguments(method: string, issues: readonly v.BaseIssue<unknown>[]): LabError {
  const sentences = issues.slice(0, 5).map((issue) => {
    const where = issue.path?.map((item) => String(item.key)).join('.');
    const expected = issue.expected ?? 'another value';
    return `${where ?? 'arguments'}: expected ${expected}, got ${issue.received.slice(0, 80)}`;
  });
  return new LabError({
    kind: 'bad-input',
    message: `${method}: ${sentences.join('; ')}`,
    safe: 'Nothing was changed.',
    next: 'Correct the value and try again.',
  });
}
