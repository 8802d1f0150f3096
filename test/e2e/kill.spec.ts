import { expect, test } from '@playwright/test';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Home, type Running } from './support/lab-process';
import { Stored } from './support/stored';

/** A small experiment whose training lasts long enough to be killed in the middle. */
const experiment = {
  experiment: 1,
  name: 'Killed and continued',
  engine: 'cpu',
  dataset: { demo: { images: 40 } },
  split: { method: 'random', testShare: 0.25, validationShare: 0.2 },
  pairs: [
    {
      model: 'cnniqa',
      trainer: { epochs: 6, trainViews: 10, testViews: 4, learningRate: 0.001 },
      nt: { lambda: 1e-6 },
    },
  ],
};

const home = new Home();
test.afterAll(() => home.remove());
test.beforeAll(() => writeFileSync(join(home.path, 'study.json'), JSON.stringify(experiment)));

const run = (workspace: string): Running =>
  home.start('run', 'study.json', '--workspace', join(home.path, workspace));

/** Reads a workspace while nobody has it open. */
function read<T>(workspace: string, look: (stored: Stored) => T): T {
  const stored = new Stored(join(home.path, workspace));
  try {
    return look(stored);
  } finally {
    stored.close();
  }
}

/** Waits until the training of the first run has stored a few epochs' worth of steps. */
async function inMidTraining(workspace: string): Promise<void> {
  await expect
    .poll(
      () => {
        try {
          return read(workspace, (stored) => stored.steps().length);
        } catch {
          return 0; // The workspace is being made.
        }
      },
      { timeout: 120_000, intervals: [50] },
    )
    .toBeGreaterThan(30);
}

test('a killed host loses nothing it had recorded, and resuming gives the same weights to the bit', async () => {
  const whole = await run('whole').finished;
  expect(whole.code, whole.notes).toBe(0);

  const killed = run('killed');
  await inMidTraining('killed');
  const before = read('killed', (stored) => stored.steps());
  killed.kill('SIGKILL');
  await killed.finished;

  // Nothing recorded is lost, and the file is whole.
  const after = read('killed', (stored) => ({ ok: stored.integrity(), steps: stored.steps() }));
  expect(after.ok).toBe('ok');
  expect(after.steps.slice(0, before.length)).toEqual(before);

  // The next start says the truth about the job before anybody resumes it.
  const jobs = await home.run('jobs', '--workspace', join(home.path, 'killed'));
  expect(jobs.out).toMatch(/train +interrupted/);

  const continued = await run('killed').finished;
  expect(continued.code, continued.notes).toBe(0);
  const [expected, got] = ['whole', 'killed'].map((name) =>
    read(name, (stored) => ({ weights: stored.weights(), steps: stored.steps() })),
  );
  expect(got).toEqual(expected);
  expect(got?.weights).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/), expect.any(String)]);
});

test('Ctrl-C ends with the state saved, and the same command continues', async () => {
  const stopped = run('stopped');
  await inMidTraining('stopped');
  stopped.kill('SIGINT');
  const { code, notes } = await stopped.finished;
  expect(code, notes).toBe(130);
  expect(notes).toMatch(/Next: +Continue with: iqalab run study\.json/);
  const states = read('stopped', (stored) => stored.jobs().map(({ state }) => state));
  expect(states).not.toContain('running');

  const continued = await run('stopped').finished;
  expect(continued.code, continued.notes).toBe(0);
  expect(read('stopped', (stored) => stored.weights())).toEqual(
    read('whole', (stored) => stored.weights()),
  );
});

test('a second lab on the same workspace is refused with the reason', async () => {
  const first = home.start('serve', '--workspace', join(home.path, 'whole'));
  await first.says(/http:\/\/127/);
  const second = await home.run('runs', '--workspace', join(home.path, 'whole'));
  expect(second.code).toBe(1);
  expect(second.notes).toMatch(new RegExp(`Error: .*${first.child.pid ?? ''}`));
  first.kill('SIGTERM');
  await first.finished;
  expect((await home.run('runs', '--workspace', join(home.path, 'whole'))).code).toBe(0);
});
