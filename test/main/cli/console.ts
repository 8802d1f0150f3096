import type { CliEnvironment } from '../../../src/main/shells/cli/environment';
import { runCli } from '../../../src/main/shells/cli/program';
import type { Lab } from '../../../src/main/lab';

export interface Typed {
  readonly code: number;
  /** Standard output. */
  readonly out: string;
  /** Standard error. */
  readonly notes: string;
}

/** Types one command line into the program and collects what it says. */
export async function type(
  words: readonly string[],
  environment: Partial<CliEnvironment> & { lab?: () => Promise<Lab> } = {},
): Promise<Typed> {
  const out: string[] = [];
  const notes: string[] = [];
  const { lab, ...rest } = environment;
  const code = await runCli(words, {
    terminal: {
      out: (line) => out.push(line),
      note: (line) => notes.push(line),
      interactive: false,
    },
    cwd: '/nowhere',
    variables: {},
    rendererDir: '/nowhere/renderer',
    interrupted: new AbortController().signal,
    openBrowser: () => Promise.resolve(false),
    openLab: lab ?? (() => Promise.reject(new Error('no lab was to be opened'))),
    ...rest,
  });
  return { code, out: out.join('\n'), notes: notes.join('\n') };
}
