import { Option, type Command } from 'commander';
import { sides, type Side } from '@shared/domain/dataset';
import { collect } from './verb';

/** Options of every verb that works on trained runs. */
export interface BatchOptions {
  run?: string[];
  pair?: string[];
  series?: string;
  side: Side;
}

/** Options of every verb that shows results. */
export interface DrawnOptions extends BatchOptions {
  attack?: string;
  scored: 'float' | 'eight-bit';
}

/** @param side which one, where a person does not say */
export function batchOptions(command: Command, side: Side = 'test'): Command {
  return command
    .option(
      '--pair <id>',
      'pair by number or name, or "all" (default: the newest); may be repeated',
      collect,
    )
    .option('--series <id>', 'every pair of a series of repeats, by number or name')
    .option('--run <id>', 'a single run by number or name; may be repeated', collect)
    .addOption(new Option('--side <side>', 'side of the split').choices([...sides]).default(side));
}

export function drawnOptions(command: Command): Command {
  return batchOptions(command)
    .option('--attack <label>', 'attack to show, as its label is printed (default: the first)')
    .addOption(
      new Option('--scored <what>', 'score the float image or the one saved in 8 bit')
        .choices(['float', 'eight-bit'])
        .default('float'),
    );
}
