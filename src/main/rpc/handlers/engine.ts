import { LabError } from '@shared/errors';
import type { Result } from '@shared/rpc';
import type { EngineState } from '../../jobs/worker-host-events';
import type { NounHandlers } from '../context';

export const engineHandlers: NounHandlers<'engine'> = {
  'engine.info': ({ worker }) => toEngineInfo(worker.engineState),
  'engine.select': async ({ worker, bench, sessions }, { name }) => {
    if (sessions.current?.runner.busy) {
      throw new LabError({
        kind: 'conflict',
        message: 'the engine cannot be changed while a job uses it',
        safe: 'Nothing was changed.',
        next: 'Stop the job or wait for its end, then choose again.',
      });
    }
    const selected = await worker.select(name);
    bench.useEngine(name);
    return selected;
  },
};

/** The contract's form of the engine's state. */
export function toEngineInfo(state: EngineState): Result<'engine.info'> {
  const { current, ladder, error } = state;
  return { current, ladder: [...ladder], error: error ? { ...error } : null };
}
