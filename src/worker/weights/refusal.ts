import { LabError } from '@shared/errors';

const SAFE = 'Nothing in the file was executed or loaded, and the file was not changed.';

/** Errors about one weights file, each a sentence of its own: "the weights file "x.pth" <reason>". */
export interface Refusals {
  readonly name: string;
  damaged(reason: string, cause?: unknown): LabError;
  unsupported(reason: string, next: string): LabError;
  unclear(reason: string, next: string, details?: Readonly<Record<string, unknown>>): LabError;
}

/** @param name what a message calls the file: its base name, or "entry in archive" */
export function refusals(name: string): Refusals {
  const message = (reason: string): string => `the weights file "${name}" ${reason}`;
  return {
    name,
    damaged: (reason, cause) =>
      new LabError(
        {
          kind: 'unreadable-file',
          message: message(reason),
          safe: SAFE,
          next: 'Download or copy the file again, and compare its size with the original.',
        },
        { cause },
      ),
    unsupported: (reason, next) =>
      new LabError({ kind: 'unsupported', message: message(reason), safe: SAFE, next }),
    unclear: (reason, next, details) =>
      new LabError({ kind: 'bad-input', message: message(reason), safe: SAFE, next, details }),
  };
}

/** What to do about a file that is more than weights. */
export const SAVE_PLAIN_WEIGHTS =
  'Ask for a file of plain weights (a "state dict"), or write one in PyTorch: torch.save(model.state_dict(), "weights.pt").';
