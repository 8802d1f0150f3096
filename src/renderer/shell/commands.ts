import type { Lab } from '../state/lab.svelte';
import { sideStages, stages } from '../state/stages';

/** Something that can be done from anywhere: the palette lists these. */
export interface Command {
  readonly title: string;
  readonly hint: string;
  readonly run: () => void;
}

/** Commands that make sense now, in the order of the method. */
export function commands(lab: Lab): readonly Command[] {
  const { view, theme, runs, splits, datasets, jobs } = lab;
  const open = lab.workspace.current !== null;
  const list: Command[] = [
    ...stages.map((stage) => ({
      title: `Go to ${stage.title}`,
      hint: stage.key,
      run: () => view.go(stage.id),
    })),
    ...sideStages.map((stage) => ({
      title: `Go to ${stage.title}`,
      hint: '',
      run: () => view.go(stage.id),
    })),
    { title: 'Go to Home', hint: '0', run: () => view.go('home') },
    {
      title: 'Switch theme: system, light, dark',
      hint: theme.choice,
      run: () => theme.cycle(),
    },
    { title: 'Keyboard shortcuts', hint: '?', run: () => (view.shortcutsOpen = true) },
  ];
  if (!open) return list;
  list.push(
    {
      title: 'Import a data set',
      hint: '',
      run: () => {
        view.go('data');
        view.importOpen = true;
      },
    },
    {
      title: 'New split',
      hint: '',
      run: () => {
        view.go('split');
        splits.drafting = true;
      },
    },
    {
      title: 'New pair: baseline and NT twin',
      hint: '',
      run: () => {
        view.go('train');
        runs.drafting = true;
      },
    },
    { title: 'Export the figure in view', hint: 'Ctrl E', run: () => (view.exportOpen = true) },
    { title: 'Show the queue', hint: '', run: () => (view.queueOpen = true) },
    { title: 'Close the workspace', hint: '', run: () => void lab.workspace.close() },
    ...datasets.all.map((dataset) => ({
      title: `Data set: ${dataset.name}`,
      hint: 'data set',
      run: () => {
        datasets.select(dataset.id);
        view.go('data');
      },
    })),
    ...runs.pairs.map(({ pair }) => ({
      title: `Pair: ${pair.name}`,
      hint: 'pair',
      run: () => {
        runs.select(pair.id);
        view.go('train');
      },
    })),
    ...jobs.unfinished.map((job) => ({
      title: `Resume ${job.title}`,
      hint: job.state,
      run: () => void jobs.resume(job.id),
    })),
  );
  return list;
}

/** Commands whose title contains every typed word, in any order. */
export function matching(list: readonly Command[], query: string): readonly Command[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return list.filter((command) => {
    const title = command.title.toLowerCase();
    return words.every((word) => title.includes(word));
  });
}
