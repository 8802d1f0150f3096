import { expect, test } from 'vitest';
import { must } from '@shared/errors';
import type { ParamSpec } from '@shared/params';
import { ImportWizard, mappingProblem } from '../../src/renderer/state/import-wizard.svelte';
import { Notices } from '../../src/renderer/state/notices.svelte';
import { PairDraft } from '../../src/renderer/state/pair-draft.svelte';
import {
  departures,
  fieldError,
  hiddenCount,
  parseNumber,
  visibleGroups,
} from '../../src/renderer/state/param-form';
import { Runs } from '../../src/renderer/state/runs.svelte';
import { SplitDraft } from '../../src/renderer/state/split-draft.svelte';
import { Splits } from '../../src/renderer/state/splits.svelte';
import { catalogue } from './mock/catalogue';
import { MockConnection } from './mock/client';

const model = must(catalogue.models[0], 'a model');
const ids = (groups: ReturnType<typeof visibleGroups>): string[] =>
  groups.flatMap((group) => group.specs.map((spec) => spec.id));

test('a form shows more at every level and says how much it hides', () => {
  const values = { optimizer: 'adam' };
  expect(ids(visibleGroups(model.trainer, values, 'paper'))).toEqual(['epochs', 'batchSize']);
  expect(ids(visibleGroups(model.trainer, values, 'guided'))).toContain('optimizer');
  expect(hiddenCount(model.trainer, 'paper')).toBe(5);
  expect(hiddenCount(model.trainer, 'expert')).toBe(0);
});

test('a field whose condition does not hold is left out', () => {
  const shown = (optimizer: string) => ids(visibleGroups(model.trainer, { optimizer }, 'expert'));
  expect(shown('adam')).not.toContain('momentum');
  expect(shown('sgd')).toContain('momentum');
});

test('numbers are read with point, comma and exponent, and nothing else is', () => {
  expect(['0.001', '1e-3', '0,001', '.5', '-2', '\u22122'].map(parseNumber)).toEqual([
    0.001, 0.001, 0.001, 0.5, -2, -2,
  ]);
  expect(['', '1/255', '1.2.3', 'abc', '1e', '1 000'].map(parseNumber)).toEqual(
    Array.from({ length: 6 }, () => null),
  );
});

test('a wrong value is explained in the words of the shared check', () => {
  const epochs = must(
    model.trainer.find((spec) => spec.id === 'epochs'),
    'epochs',
  );
  expect(fieldError(epochs, 3)).toBeNull();
  expect(fieldError(epochs, 0)).toBe('must be at least 1, got 0');
  expect(fieldError(epochs, 2.5)).toBe('must be a whole number, got 2.5');
});

test('settings that are not the paper’s are named', () => {
  const specs: readonly ParamSpec[] = model.nt;
  expect(departures(specs, { lambda: 0.0005, h: 0.01 }).map((spec) => spec.id)).toEqual(['lambda']);
});

test('the wizard takes the guessed mapping, lets it be corrected, and imports with it', async () => {
  const client = new MockConnection();
  const wizard = new ImportWizard(client);
  wizard.path = '/home/ada/data/my-photos';
  await wizard.look();
  expect(wizard.step).toBe('map');
  expect(wizard.name).toBe('my-photos');
  wizard.change({ scoreKind: 'dmos', group: 'scene' });
  await wizard.run();
  expect(wizard.step).toBe('report');
  expect(client.calls.at(-1)).toMatchObject({
    method: 'dataset.import',
    args: { name: 'my-photos', mapping: { image: 'file', scoreKind: 'dmos', group: 'scene' } },
  });
});

test('a published release is suggested under its own title', async () => {
  const table = must(
    await new MockConnection().call('dataset.preview', { path: '/x' }),
    'a preview',
  );
  const client = new MockConnection({
    'dataset.preview': () => ({ ...table, title: 'LIVE In the Wild', mapping: null }),
  });
  const wizard = new ImportWizard(client);
  wizard.path = '/data/ChallengeDB_release';
  await wizard.look();
  expect(wizard.name).toBe('LIVE In the Wild');
  expect(wizard.problem).toBeNull();
});

test('a refused import comes back to the columns with its reason', async () => {
  const client = new MockConnection({
    'dataset.import': () => {
      throw new Error('the disk is full');
    },
  });
  const wizard = new ImportWizard(client);
  wizard.path = '/x';
  await wizard.look();
  await wizard.run();
  expect(wizard.step).toBe('map');
  expect(wizard.error?.message).toBe('the disk is full');
});

test('an incomplete mapping says what is missing', () => {
  const good = {
    image: 'file',
    score: 'mos',
    scoreKind: 'mos',
    scoreMin: 0,
    scoreMax: 100,
    decimal: '.',
  } as const;
  expect(mappingProblem(good)).toBeNull();
  expect(mappingProblem({ ...good, score: '' })).toMatch(/ratings/);
  expect(mappingProblem({ ...good, score: 'file' })).toMatch(/same column/);
  expect(mappingProblem({ ...good, scoreMax: 0 })).toMatch(/below the highest/);
});

test('a leaking split is refused with the two pictures named, and the form stays', async () => {
  const splits = new Splits(new MockConnection(), new Notices());
  splits.drafting = true;
  const draft = new SplitDraft(splits, 1);
  draft.name = 'leak';
  await draft.create();
  expect(draft.error?.kind).toBe('leakage');
  expect(draft.error?.message).toMatch(/12\.bmp.*873\.bmp/);
  expect(splits.drafting).toBe(true);
});

test('shares leave the form as fractions', async () => {
  const client = new MockConnection();
  const draft = new SplitDraft(new Splits(client, new Notices()), 1);
  draft.method = 'random';
  draft.validationPercent = 0;
  await draft.create();
  expect(client.calls[0]).toMatchObject({
    method: 'split.create',
    args: {
      spec: { method: 'random', testShare: 0.2, validationShare: 0, grouped: false, seed: 1 },
      repeats: 1,
    },
  });
});

test('an index file is read before a split can be made of it', async () => {
  const client = new MockConnection();
  const draft = new SplitDraft(new Splits(client, new Notices()), 1);
  draft.method = 'imported';
  expect(draft.problem).toBe('Choose an index file.');
  await draft.readIndexFile('/home/ada/index.pkl');
  expect(draft.problem).toBeNull();
  await draft.create();
  expect(client.calls[1]).toMatchObject({
    args: { spec: { method: 'imported', train: [0, 1, 2], test: [3] } },
  });
});

test('a pair is made of the model’s defaults, the preset and what was typed', async () => {
  const client = new MockConnection();
  const draft = new PairDraft(new Runs(client, new Notices()));
  draft.setModel(model);
  draft.splitId = 1;
  draft.apply(must(model.presets[1], 'as released'));
  draft.nt = { ...draft.nt, lambda: 0.002 };
  expect(await draft.create(1)).toBe(true);
  expect(client.calls[0]).toMatchObject({
    method: 'pair.create',
    args: {
      draft: {
        modelId: 'cnniqa',
        nt: { lambda: 0.002, h: 0.01, half: true, space: 'normalised' },
        trainer: { epochs: 12, selection: 'test' },
      },
    },
  });
});

test('a repeated pair says what its repeats differ in, and asks for splits that are missing', async () => {
  const client = new MockConnection();
  const draft = new PairDraft(new Runs(client, new Notices()));
  draft.setModel(model);
  draft.splitId = 1;
  draft.repeats = 3;
  expect(await draft.create(1)).toBe(true);
  expect(client.calls[0]).toMatchObject({
    method: 'pair.createRepeats',
    args: { draft: { modelId: 'cnniqa' }, repeats: { over: 'seeds', count: 3 } },
  });
  draft.over = 'splits';
  expect(draft.problem).toBe(
    'There are 0 splits made like this one: make more, or repeat over seeds.',
  );
  draft.repeats = 0;
  expect(draft.problem).toContain('at least 1');
});

test('a pair with a wrong value cannot be started and says which', () => {
  const draft = new PairDraft(new Runs(new MockConnection(), new Notices()));
  draft.setModel(model);
  draft.splitId = 1;
  draft.nt = { ...draft.nt, lambda: -1 };
  expect(draft.problem).toBe('Weight λ must be at least 0, got -1');
});
