import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Whether a program of Debian's poppler-utils or texlive is on this machine. Tests that ask one for
 * its opinion of a file are skipped by name where it is missing.
 */
export function hasTool(name: string): boolean {
  return spawnSync(name, ['-v'], { stdio: 'ignore' }).error === undefined;
}

/**
 * Runs a program in a folder of its own that holds these files, and returns what it said.
 * @param makes name of a file it should leave there, which is returned too
 */
export function askTool(
  name: string,
  args: readonly string[],
  files: Readonly<Record<string, string | Uint8Array>> = {},
  makes?: string,
): { code: number | null; out: string; made: Buffer | null } {
  const folder = mkdtempSync(join(tmpdir(), 'iqalab-tool-'));
  try {
    for (const [file, content] of Object.entries(files)) writeFileSync(join(folder, file), content);
    const { status, stdout, stderr } = spawnSync(name, args, {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 64e6,
    });
    const left = makes === undefined ? null : join(folder, makes);
    const made = left !== null && existsSync(left) ? readFileSync(left) : null;
    return { code: status, out: `${stdout}${stderr}`, made };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
