import { expect, test } from 'vitest';
import type { ModelInfo } from '@shared/domain/catalogue';
import { must } from '@shared/errors';
import { Notices } from '../../src/renderer/state/notices.svelte';
import { PairDraft } from '../../src/renderer/state/pair-draft.svelte';
import { Runs } from '../../src/renderer/state/runs.svelte';
import { WeightsState } from '../../src/renderer/state/weights.svelte';
import { catalogue } from './mock/catalogue';
import { MockConnection } from './mock/client';

async function open(client = new MockConnection()) {
  const notices = new Notices();
  const weights = new WeightsState(client, notices);
  await weights.load();
  return { client, notices, weights };
}

const dbcnn = { modelId: 'dbcnn', modelParams: {} };

test('the list is by model, an entry of two models stands with both, later ones at the end', async () => {
  const { weights } = await open();
  const ids = (modelId: string | null) =>
    weights.groups.find((group) => group.modelId === modelId)?.entries.map(({ entry }) => entry.id);
  expect(ids('hyperiqa')).toContain('resnet50');
  expect(ids('linearityiqa')).toContain('resnet50');
  expect(ids('dbcnn')).toEqual(['dbcnn-trained', 'scnn', 'vgg16']);
  expect(weights.groups.at(-1)?.modelId).toBeNull();
  expect(weights.others.map(({ fileName }) => fileName)).toEqual(['hyperiqa-mine.safetensors']);
});

test('a model finds the files of its parts, and those that are the whole of it', async () => {
  const { weights } = await open();
  const parts = weights.partsOf(dbcnn).map(({ part, files }) => [part.name, files.length]);
  expect(parts).toEqual([
    ['SCNN branch', 1],
    ['VGG-16 branch', 0],
  ]);
  const whole = weights.wholeOf({ modelId: 'hyperiqa', modelParams: {} });
  expect(whole.map(({ fileName }) => fileName)).toEqual(['hyperiqa-mine.safetensors']);
});

test('what became of each file is kept until the next one is added', async () => {
  const { client, weights } = await open();
  await weights.add(['/home/ada/a.pth', '/home/ada/b.pth']);
  expect(weights.outcomes.map(({ path, outcome }) => [path, outcome])).toEqual([
    ['/home/ada/a.pth', 'refused'],
    ['/home/ada/b.pth', 'refused'],
  ]);
  expect(weights.adding).toBeNull();
  expect(client.calls.filter(({ method }) => method === 'weights.add')).toHaveLength(2);
  await weights.add(['/home/ada/c.pth']);
  expect(weights.outcomes).toHaveLength(1);
});

test('a dropped file is named by its path in a window and sent from a browser page', async () => {
  const client = new MockConnection();
  const { weights } = await open(client);
  const sent: string[] = [];
  client.upload = (file) => {
    sent.push(file.name);
    return Promise.resolve([]);
  };
  await weights.addDropped([new File(['x'], 'scnn.pkl')]);
  expect(sent).toEqual(['scnn.pkl']);
  Object.assign(client, { pathOf: (file: File) => `/home/ada/${file.name}` });
  await weights.addDropped([new File(['x'], 'scnn.pkl')]);
  expect(client.calls.at(-1)).toEqual({
    method: 'weights.add',
    args: { path: '/home/ada/scnn.pkl' },
  });
});

test('a second file waits for a person, not in silence, while one is being added', async () => {
  let finish: () => void = () => undefined;
  const first = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const client = new MockConnection({ 'weights.add': () => first.then(() => []) });
  const { weights } = await open(client);
  const adding = weights.add(['/home/ada/large.pth']);
  await weights.add(['/home/ada/other.pth']);
  expect(weights.error?.message).toContain('"/home/ada/large.pth" is still being added');
  finish();
  await adding;
  expect(weights.adding).toBeNull();
});

test('a removed file can be brought back from the notice', async () => {
  const { client, notices, weights } = await open();
  await weights.remove(must(weights.files[0], 'scnn'));
  must(notices.items[0]?.undo, 'the way back')();
  expect(client.calls.slice(-2).map(({ method }) => method)).toEqual([
    'weights.remove',
    'weights.restore',
  ]);
});

test('a pair of a model with published weights says what it starts from, and forgets it with the model', async () => {
  const client = new MockConnection();
  const draft = new PairDraft(new Runs(client, new Notices()));
  const plain = must(catalogue.models[0], 'a model');
  const pretrained: ModelInfo = { ...plain, id: 'dbcnn', title: 'DBCNN' };
  draft.splitId = 1;
  draft.setModel(plain);
  expect(draft.problem).toBeNull();
  draft.setModel(pretrained);
  expect(draft.problem).toBe('Say what DBCNN starts from.');
  draft.initial = { kind: 'scratch' };
  expect(draft.problem).toBeNull();
  await draft.create(1);
  expect(client.calls[0]).toMatchObject({ args: { draft: { initial: { kind: 'scratch' } } } });
  draft.setModel(pretrained);
  expect(draft.initial).toBeUndefined();
});
