import { expect, it, onTestFinished } from 'vitest';
import { purgeBin, setDeleted } from '../../../src/main/db/bin';
import { listJobsOfRun, updateJob } from '../../../src/main/db/jobs';
import { getRun, listPairs, setRunEngine } from '../../../src/main/db/runs';
import { EventHub } from '../../../src/main/events';
import { JobBoard } from '../../../src/main/jobs/board';
import { createPair } from '../../../src/main/jobs/create-pair';
import { openWorkspace } from '../../../src/main/workspace/open';
import { fakeCatalogue } from '../../helpers/fake-catalogue';
import { fakeEngine } from '../../helpers/fake-worker';
import { draftOf, seedWorkspace } from '../../helpers/workspace';

function openLab() {
  const seeded = seedWorkspace();
  const workspace = openWorkspace(seeded.path, 'open');
  onTestFinished(() => workspace.close());
  const board = new JobBoard(workspace, new EventHub(() => undefined));
  const create = (
    changes: Parameters<typeof draftOf>[1] = {},
    engine: 'cpu' | 'wasm' | null = 'cpu',
  ) => createPair(board, fakeCatalogue, draftOf(seeded, changes), engine);
  return { db: workspace.db, create };
}

it('trains one baseline for twins that differ in their NT block only', () => {
  const { db, create } = openLab();
  const first = create();
  const second = create({ nt: { lambda: 0.5 } });
  expect(second.baselineRunId).toBe(first.baselineRunId);
  expect(second.ntRunId).not.toBe(first.ntRunId);
  expect(getRun(db, first.baselineRunId).pairIds).toEqual([first.id, second.id]);
  expect(getRun(db, second.ntRunId).pairIds).toEqual([second.id]);
  expect(listJobsOfRun(db, first.baselineRunId)).toHaveLength(1);
});

it.each([
  ['another seed', { seed: 99 }],
  ['other training settings', { trainer: { epochs: 7 } }],
  ['the wish for one of its own', { ownBaseline: true }],
])('trains another baseline with %s', (_what, changes) => {
  const { create } = openLab();
  const known = create().baselineRunId;
  expect(create(changes).baselineRunId).not.toBe(known);
});

it('shares a baseline from before a setting existed: its default is what was done then', () => {
  const { db, create } = openLab();
  const first = create();
  db.run(
    `UPDATE runs SET spec = json_remove(spec, '$.trainer.epochs', '$.initial') WHERE id = @id`,
    { id: first.baselineRunId },
  );
  expect(create().baselineRunId).toBe(first.baselineRunId);
});

it('shares no baseline of another engine, and none that failed, was stopped or is in the bin', () => {
  const { db, create } = openLab();
  const first = create();
  setRunEngine(db, first.baselineRunId, { ...fakeEngine, name: 'cpu' });
  const wasm = create({}, 'wasm');
  expect(wasm.baselineRunId).not.toBe(first.baselineRunId);
  updateJob(db, getRun(db, wasm.baselineRunId).trainJobId, { state: 'failed' });
  expect(create({}, 'wasm').baselineRunId).not.toBe(wasm.baselineRunId);
  setDeleted(db, 'runs', first.baselineRunId, 1);
  expect(create().baselineRunId).not.toBe(first.baselineRunId);
});

it('lists a pair until its twin goes, and leaves the shared baseline to the others', () => {
  const { db, create } = openLab();
  const first = create();
  const second = create({ nt: { lambda: 0.5 } });
  setDeleted(db, 'runs', first.ntRunId, 1);
  expect(listPairs(db).map(({ id }) => id)).toEqual([second.id]);
  purgeBin(db, 2);
  expect(getRun(db, second.baselineRunId).pairIds).toEqual([second.id]);
});
