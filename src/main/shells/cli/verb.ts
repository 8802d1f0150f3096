import type { Command } from 'commander';
import type { CliEnvironment } from './environment';

/** Adds one verb to the program. Each file in verbs/ is one. */
export type Verb = (program: Command, environment: CliEnvironment) => void;

/** Text under a verb's help: lines of the form "iqalab ...". */
export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}\n`;
}

/** Collects an option that may be given more than once. */
export const collect = (value: string, before: readonly string[] | undefined): string[] => [
  ...(before ?? []),
  value,
];
