import { describe, expect, it } from 'vitest';
import type { ParamSpec } from '@shared/params';
import { AxesDraft, readAxis, type AxisOption } from '../../src/renderer/state/axes-draft.svelte';
import { GridDraft } from '../../src/renderer/state/grid-draft.svelte';
import { GroupStudy } from '../../src/renderer/state/group-study.svelte';
import { Notices } from '../../src/renderer/state/notices.svelte';
import {
  attackAxisOptions,
  pairAxisOptions,
  SweepDraft,
  sweepText,
} from '../../src/renderer/state/sweep-draft.svelte';
import { catalogue } from './mock/catalogue';
import { MockConnection } from './mock/client';

const lambda: ParamSpec = {
  type: 'number',
  id: 'lambda',
  label: 'λ',
  help: '',
  level: 'paper',
  default: 0.001,
  min: 0,
  max: 1,
};
const option: AxisOption = { setting: 'nt.lambda', spec: lambda, group: 'NT' };

function axis(change: Parameters<AxesDraft['set']>[1]) {
  const axes = new AxesDraft();
  axes.add(option, 0.5);
  axes.set(axes.entries[0]?.key ?? 0, change);
  const [entry] = axes.entries;
  if (!entry) throw new Error('one was added');
  return { axes, reading: readAxis(entry, lambda) };
}

describe('a varied setting', () => {
  it('begins with its present value and needs a second', () => {
    const { reading } = axis({});
    expect(reading).toEqual({ values: [0.5], problem: 'give two or more values.' });
  });

  it('takes a list as people write it, or a range in equal ratios', () => {
    expect(axis({ text: '0, 1e-3; 1/255' }).reading).toEqual({
      values: [0, 0.001, 1 / 255],
      problem: null,
    });
    const range = { form: 'range', from: '0,0001', to: '0.01', count: 3, scale: 'log' } as const;
    expect(axis(range).reading).toEqual({ values: [0.0001, 0.001, 0.01], problem: null });
  });

  it('says what is wrong with a value, a range, or the number of combinations', () => {
    expect(axis({ text: '0, 2' }).reading.problem).toBe('must be at most 1, got 2');
    expect(axis({ text: '0, two' }).reading.problem).toContain('"two" is not a number');
    expect(axis({ form: 'range', from: '0', to: '', count: 3 }).reading.problem).toContain(
      'first and a last value',
    );
    const { axes } = axis({ form: 'range', from: '0', to: '1', count: 100 });
    const other = { ...option, setting: 'nt.h' };
    axes.add(other, 0.1);
    axes.set(axes.entries[1]?.key ?? 0, { form: 'range', from: '0', to: '1', count: 6 });
    expect(axes.problem([option, other])).toContain('600 combinations');
    // A setting the form lost with another model does not count.
    expect(axes.children([option])).toBe(100);
  });
});

describe('the form of a sweep', () => {
  const [model] = catalogue.models;
  if (!model) throw new Error('the made-up catalogue has a model');

  it('offers the settings of the twin that it has, the seed, and those of both runs', () => {
    const settings = (twin: 'nt' | 'at') =>
      pairAxisOptions(model, twin).map(({ setting }) => setting);
    expect(settings('nt')).toContain('nt.lambda');
    expect(settings('nt')).toContain('seed');
    expect(settings('nt').some((setting) => setting.startsWith('trainer.'))).toBe(true);
    expect(settings('at')).not.toContain('nt.lambda');
  });

  it('is no sweep until something is varied, and repeats over seeds rather than repeats', () => {
    const sweep = new SweepDraft();
    const options = pairAxisOptions(model, 'nt');
    expect(sweep.problem(options, 5)).toBeNull();
    const seed = options.find(({ setting }) => setting === 'seed');
    if (!seed) throw new Error('the seed can be varied');
    sweep.axes.add(seed, 1);
    sweep.axes.set(sweep.axes.entries[0]?.key ?? 0, { text: '1..3' });
    expect(sweep.problem(options, 1)).toBeNull();
    expect(sweep.problem(options, 5)).toContain('vary the seed');
    expect(sweep.axes.axes(options)).toEqual([{ setting: 'seed', values: [1, 2, 3] }]);
  });

  it('says what is to do, what exists, and how much of the time is known', () => {
    const job = {
      kind: 'train' as const,
      regime: 'nt' as const,
      label: 'Training',
      runName: 'run',
      jobId: null,
      done: false,
      estimateMs: 60_000,
    };
    const jobs = [
      job,
      { ...job, kind: 'attack' as const, estimateMs: null },
      { ...job, jobId: 4, done: true, estimateMs: 0 },
    ];
    expect(sweepText({ pairs: 1, jobs })).toBe(
      '1 pair: 1 training and 1 measurement to do, 1 exist already; about 1 min 00 s and 1 job never run here before.',
    );
  });
});

it('an attack whose settings are varied is asked for at every combination', () => {
  const draft = new GridDraft();
  draft.runIds = [1, 2];
  const info = catalogue.attacks.find(({ params }) => params.some(({ id }) => id === 'epsilon'));
  if (!info) throw new Error('the made-up catalogue has an attack with epsilon');
  draft.add(info.id, {});
  const epsilon = attackAxisOptions(info).find(({ setting }) => setting === 'epsilon');
  const [entry] = draft.entries;
  if (!epsilon || !entry) throw new Error('both are there');
  entry.axes.add(epsilon, 0.005);
  expect(draft.gridProblem(catalogue.attacks, catalogue.attackRun, [])).toContain('two or more');
  entry.axes.set(entry.axes.entries[0]?.key ?? 0, { text: '0.005, 0.01, 0.03' });
  expect(draft.gridProblem(catalogue.attacks, catalogue.attackRun, [])).toBeNull();
  const { attacks } = draft.request(catalogue.attacks, catalogue.attackRun);
  expect(attacks.map(({ params }) => params['epsilon'])).toEqual([0.005, 0.01, 0.03]);
});

it('the study of a group is read again when rows of its runs arrive, and not for others', async () => {
  const asked: number[][] = [];
  const client = new MockConnection({
    'study.load': (selection) => {
      asked.push(selection.runIds);
      return { selection, pairs: [], runs: [] };
    },
  });
  const results = new GroupStudy(client, new Notices());
  const end = results.follow({ runIds: [1, 2], side: 'test' });
  await expect.poll(() => asked.length).toBe(1);
  client.listeners.emit('job.rows', { id: 9, runId: 7, rows: 4 });
  client.listeners.emit('job.rows', { id: 9, runId: 2, rows: 4 });
  client.listeners.emit('job.rows', { id: 9, runId: 2, rows: 8 });
  await expect.poll(() => asked.length, { timeout: 4000 }).toBe(2);
  end();
  client.listeners.emit('job.rows', { id: 9, runId: 2, rows: 12 });
  expect(asked).toEqual([
    [1, 2],
    [1, 2],
  ]);
});
