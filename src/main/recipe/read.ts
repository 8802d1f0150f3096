import * as v from 'valibot';
import { Recipe } from '@shared/domain/recipe';
import { LabError } from '@shared/errors';

/**
 * Reads the text of a recipe file.
 * @param source name of the file, for messages
 * @throws LabError `bad-input` saying what is wrong with it, `unsupported` for one of a later version
 */
export function parseRecipe(text: string, source: string): Recipe {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw bad(`${source} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const version = v.safeParse(v.object({ recipe: v.number() }), json);
  if (!version.success) throw bad(`${source} is no recipe`);
  if (version.output.recipe > 1) {
    throw new LabError({
      kind: 'unsupported',
      message: `${source} was written by a later version of the lab`,
      safe: 'Nothing was started.',
      next: 'Use that version, or a later one.',
    });
  }
  const parsed = v.safeParse(Recipe, json);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw bad(`${source}: ${v.getDotPath(issue) ?? 'the whole file'}: ${issue.message}`);
}

function bad(message: string): LabError {
  return new LabError({
    kind: 'bad-input',
    message,
    safe: 'Nothing was started.',
    next: 'A recipe lies beside every exported figure and table; its name ends with .recipe.json.',
  });
}
