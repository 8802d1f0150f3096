import { access, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Position } from '../../training';
import type { SelectionState } from './selection';

const pattern = /^epoch-\d{4,}-step-\d{8,}\.safetensors$/;

/** The same position always has the same name: saving it twice replaces the file by an equal one. */
export function checkpointFile({ epoch, step }: Position): string {
  return `epoch-${pad(epoch, 4)}-step-${pad(step, 8)}.safetensors`;
}

/**
 * Deletes checkpoints nobody can need any more: all but the last two and the chosen ones. Other
 * files of the folder are left alone.
 */
export async function pruneCheckpoints(folder: string, state: SelectionState): Promise<void> {
  const keep = new Set([...state.recent, state.chosen?.file, state.chosenBefore?.file]);
  for (const name of await readdir(folder)) {
    if (pattern.test(name) && !keep.has(name)) await rm(join(folder, name), { force: true });
  }
}

/** A chosen checkpoint whose file has been taken away cannot be chosen any more. */
export async function withoutMissing(
  folder: string,
  state: SelectionState,
): Promise<SelectionState> {
  const exists = async (file: string): Promise<boolean> => {
    try {
      await access(join(folder, file));
      return true;
    } catch {
      return false;
    }
  };
  const chosen = state.chosen && (await exists(state.chosen.file)) ? state.chosen : null;
  return { ...state, chosen };
}

function pad(value: number, digits: number): string {
  return String(value).padStart(digits, '0');
}
