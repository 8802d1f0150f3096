import { beforeEach, describe, expect, it } from 'vitest';
import type { Lab } from '../../../src/main/lab';
import { fakeWorker } from '../../helpers/fake-worker';
import { openTestLab, seedWorkspace } from '../../helpers/workspace';
import { type, type Typed } from './console';

let path: string;
/** The lab of the latest command line, to look in or to stop it. */
let lab: Lab;

beforeEach(() => {
  path = seedWorkspace().path;
});

/** Types a verb for the seeded workspace, each with a lab of its own as in a shell. */
async function verb(
  line: string,
  options: { stepMs?: number; signal?: AbortSignal } = {},
): Promise<Typed> {
  const { transport } = fakeWorker({ stepMs: options.stepMs });
  return await type([...line.split(' '), '--workspace', path], {
    interrupted: options.signal ?? new AbortController().signal,
    lab: async () => (lab = await openTestLab({ transport, shell: 'cli' })),
  });
}

const next = ({ notes }: Typed) => /^Next: iqalab (.*) --workspace /m.exec(notes)?.[1];

describe('step by step', () => {
  it('each verb stores its part and names the next useful command', async () => {
    expect((await verb('split --list')).out).toMatch(/1 +split +8 \/ 4 \/ 4 +random +1/);

    const train = await verb('train --model toy --set trainer.epochs=2 --set lambda=0.5 --seed 3');
    expect(train.code).toBe(0);
    expect(train.out.split('\n')).toEqual([
      expect.stringMatching(
        /^Stored run 1: Toy, seed 3, 2 of 2 epochs, judged by epoch 2, weights [0-9a-f]{12}, engine wasm$/,
      ),
      expect.stringMatching(/^Stored run 2: Toy, seed 3 \+NT, /),
    ]);
    expect(next(train)).toBe('evaluate --pair 1');

    for (const line of ['evaluate', 'attack nudge --set epsilon=1/255', 'norms --limit 2']) {
      const typed = await verb(line);
      expect(typed.code, typed.notes).toBe(0);
      expect(next(typed)).toBeDefined();
    }
    const jobs = await verb('jobs');
    expect(jobs.out.match(/done/g)).toHaveLength(8);
    expect((await verb('runs')).out).toMatch(/\+NT +done +2\/2 +epoch 2 \(validation\) +wasm/);
  });

  it('starts several attacks as a grid, says first what it would do, and repeats nothing', async () => {
    await verb('train --model toy --set trainer.epochs=1');
    const twice = await verb('attack nudge nudge --set nudge.epsilon=0.01');
    expect(twice.code).toBe(1);
    expect(twice.notes).toMatch(/chosen twice for one run/);
    expect((await verb('attack nudge:weak')).notes).toMatch(/there is no preset "weak"/);

    await verb('attack nudge --set epsilon=0.01 --pair 1');
    const plan = await verb('attack nudge --set epsilon=0.01 --dry-run');
    expect(plan.out.match(/4 of 4 +-$/gm)).toHaveLength(2);
    const stronger = await verb('attack nudge --set epsilon=0.02 --dry-run');
    expect(stronger.out.match(/0 of 4 +about \S+ s$/gm)).toHaveLength(2);
    expect((await verb('jobs')).out.match(/Nudge/g)).toHaveLength(2);
  });

  it('sweeps settings of pairs and of attacks, says first what it would do, and repeats nothing', async () => {
    const line =
      'sweep --model toy --set trainer.epochs=1 --vary lambda=0.1,0.2 --attack nudge --vary nudge.epsilon=0.01..0.04:3:log';
    const plan = await verb(`${line} --dry-run`);
    // A baseline and two twins: each trained, scored and attacked three times.
    expect(plan.out).toMatch(/^2 pairs, 15 jobs to do, time not known: 15 of them are the first/m);
    expect(plan.out.match(/Nudge, epsilon 0.02 +new/g)).toHaveLength(3);
    const done = await verb(line);
    expect(done.code, done.notes).toBe(0);
    expect(done.notes).toContain('Toy, 2 values of lambda: 15 jobs');
    expect(done.out.match(/^Stored run/gm)).toHaveLength(3);
    const again = await verb(`${line} --dry-run`);
    expect(again.out).toContain('2 pairs, 0 jobs to do');

    const stronger = await verb('sweep --model toy --attack nudge --vary epsilon=0.02,0.08');
    expect(stronger.code, stronger.notes).toBe(0);
    // The newest pair: its two runs were attacked with one of the two before.
    expect((await verb('jobs')).out.match(/Nudge/g)).toHaveLength(11);
    expect((await verb('sweep --model toy --vary lambda=0.1..0.2')).notes).toContain(
      'does not say how many values it has',
    );
    expect((await verb('sweep --model toy --vary lamda=1')).notes).toContain('Did you mean');
    expect((await verb('sweep --model toy')).code).not.toBe(0);
  });

  it('refuses a split that would put one picture on two sides', async () => {
    // The seeded pictures all have the same difference hash.
    const { code, notes } = await verb('split --test 0.25 --no-grouped');
    expect(code).toBe(1);
    expect(notes).toMatch(/^Error: The same picture would be on two sides of the split/m);
  });

  it('names what there is where something named does not exist', async () => {
    expect((await verb('split --dataset Toy')).notes).toContain('Did you mean "Toys"?');
    expect((await verb('train --model tyo')).notes).toContain('Did you mean "toy"?');
    expect((await verb('train --split 9')).notes).toContain('There are: 1 (split).');
    expect((await verb('evaluate')).notes).toContain('there is no pair yet');
    const wrong = await verb('train --model toy --set epochs=0.5');
    expect(wrong).toMatchObject({ code: 1 });
    expect(wrong.notes).toContain('epochs (epochs) must be a whole number, got 0.5');
  });

  it('lists models and attacks with their settings, without a workspace', async () => {
    expect((await verb('models')).out).toContain('toy');
    expect((await verb('models toy')).out).toMatch(/trainer\.epochs +3 +0 to 1000/);
    expect((await verb('attacks nudge')).out).toMatch(/epsilon +0\.005/);
    expect((await verb('engine')).out).toMatch(/> wasm +yes/);
  });
});

describe('Ctrl-C', () => {
  /** Starts a slow training and presses Ctrl-C once it works. */
  async function interrupted(): Promise<Typed> {
    const controller = new AbortController();
    const typed = verb('train --model toy', { stepMs: 5, signal: controller.signal });
    await expect.poll(() => lab).toBeDefined();
    await new Promise<void>((resolve) => {
      const end = lab.on('job.progress', () => {
        end();
        resolve();
      });
    });
    controller.abort();
    return await typed;
  }

  it('saves what runs, says how to continue, and ends with 130', async () => {
    const { code, notes } = await interrupted();
    expect(code).toBe(130);
    expect(notes).toContain('Stopped: stopped on request while "');
    expect(notes).toContain(`Next:    Continue with: iqalab resume --workspace ${path}`);
  });

  it('is undone by resume, which also does what waited behind', async () => {
    await interrupted();
    expect((await verb('jobs')).out).not.toMatch(/running/);
    const resumed = await verb('resume');
    expect(resumed.code, resumed.notes).toBe(0);
    expect(resumed.out).toBe('Finished 2 jobs.');
    expect((await verb('jobs')).out.match(/ done /g)).toHaveLength(2);
    expect((await verb('resume')).out).toBe('Nothing is waiting to be continued.');
  });

  it('of a listing verb starts nothing that an earlier session left waiting', async () => {
    await interrupted();
    const started = fakeWorker();
    await type(['jobs', '--workspace', path], {
      lab: () => openTestLab({ transport: started.transport, shell: 'cli' }),
    });
    expect(started.started).toEqual([]);
  });
});
