import { LabError } from '@shared/errors';

const maxLength = 200;

/** A name a person gave, without spaces around it. @throws LabError `bad-input` when empty or long */
export function requireName(given: string): string {
  const name = given.trim();
  if (name.length > 0 && name.length <= maxLength) return name;
  throw new LabError({
    kind: 'bad-input',
    message: name.length === 0 ? 'the name is empty' : `the name has ${name.length} characters`,
    safe: 'Nothing was changed.',
    next: `Give a name of 1 to ${maxLength} characters.`,
  });
}
