import { describe, expect, it } from 'vitest';
import type { ParamSpec } from '../../../src/shared/params';
import type { WorkerMessage } from '../../../src/shared/worker-protocol';
import { fakeWorker } from '../../helpers/fake-worker';
import { openTestLab, seedWorkspace } from '../../helpers/workspace';
import { runToy, toyClient } from './toy-client';

/** The toy attack with a setting that asks for the file of the toy fit. */
function withPattern(message: WorkerMessage): WorkerMessage {
  if (message.type !== 'hello') return message;
  const { catalogue } = message;
  const pattern: ParamSpec = {
    type: 'weights',
    id: 'pattern',
    label: 'Pattern',
    help: 'A file.',
    level: 'paper',
    default: '',
    accepts: ['stripes'],
  };
  const attacks = catalogue.attacks.map((attack) => ({ ...attack, params: [pattern] }));
  return { ...message, catalogue: { ...catalogue, attacks } };
}

describe('the fits of an experiment', () => {
  it('are made once, and attacks name their files', async () => {
    const seeded = seedWorkspace();
    const worker = fakeWorker({ alter: withPattern });
    const lab = await openTestLab({ workspaceDir: seeded.path, transport: worker.transport });
    const plan = {
      fits: [{ name: 'my stripes', fit: 'stripes', params: { width: 3 }, twin: 'nt', limit: 4 }],
      attacks: [{ attack: 'nudge', params: { pattern: 'my stripes' } }],
      norms: [],
    };
    const first = await runToy(toyClient(lab), plan);
    expect(first.steps.slice(4)).toEqual([
      ['done', 'fitted my stripes: Stripes, fitted'],
      ['done', 'attacked the test pictures with Nudge'],
    ]);
    const [result] = await lab.call('fit.results', {});
    const attacks = worker.started.flatMap(({ payload }) =>
      payload.kind === 'attack' ? [payload] : [],
    );
    expect(attacks.map(({ params }) => params['pattern'])).toEqual([
      result?.weights.sha256,
      result?.weights.sha256,
    ]);
    expect(attacks[0]?.files.map(({ need }) => need)).toEqual(['pattern']);
    const again = await runToy(toyClient(lab), plan);
    expect(new Set(again.outcomes)).toEqual(new Set(['reused']));
  });

  it('on a pair that is not there are refused before anything is fitted', async () => {
    const seeded = seedWorkspace();
    const lab = await openTestLab({ workspaceDir: seeded.path });
    const fits = [{ name: 's', fit: 'stripes', pair: 2 }];
    await expect(runToy(toyClient(lab), { fits, attacks: [], norms: [] })).rejects.toThrow(
      'the fit "s" is to be made on pair 2, but the experiment has 1',
    );
    expect(await lab.call('fit.results', {})).toEqual([]);
  });
});
