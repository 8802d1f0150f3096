import type { Handlers, NounHandlers } from '../../../src/main/rpc/context';
import type { Lab } from '../../../src/main/lab';

/** Checked by the compiler only: each line below must be an error, or the contract has a hole. */
declare const lab: Lab;

// @ts-expect-error a handler of the noun is missing
export const incomplete: NounHandlers<'catalogue'> = {};

export const foreign: NounHandlers<'catalogue'> = {
  'catalogue.get': ({ worker }) => worker.catalogue(),
  // @ts-expect-error the contract has no such method
  'catalogue.set': () => null,
};

export const wrongResult: NounHandlers<'app'> = {
  // @ts-expect-error the result lacks what the contract promises
  'app.info': () => ({ name: 'lab' }),
};

// @ts-expect-error there is no such method
export const unknownMethod = lab.call('job.start', { id: 1 });
// @ts-expect-error an id is a number
export const wrongArgument = lab.call('job.get', { id: '1' });
// @ts-expect-error there is no such event
export const unknownEvent = lab.on('job.started', () => undefined);
declare const job: Awaited<ReturnType<Handlers['job.get']>>;
// @ts-expect-error a job's state is one of the known ones
export const wrongState = job.state === 'asleep';
