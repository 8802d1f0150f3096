import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LabError } from '@shared/errors';
import type { Args, Exported, Method, Result, RpcClient } from '@shared/rpc';
import type { Experiment } from '../../../src/main/experiment/schema';
import { parseExperiment } from '../../../src/main/experiment/schema';
import type { Outcome } from '../../../src/main/experiment/context';
import { runExperiment } from '../../../src/main/experiment/runner';
import { waitForJobs } from '../../../src/main/experiment/wait-for-jobs';

/**
 * A client of a real lab on a workspace of `seedWorkspace`, whose pictures are no pictures: what
 * would open or draw one is answered here, everything else by the lab.
 * @param exports folder in which exported files are written, in stand-ins; without it, nowhere
 */
export function toyClient(lab: RpcClient, exports?: string): RpcClient & { exported: unknown[] } {
  const exported: unknown[] = [];
  const exportOne = (args: { readonly format: string }): Exported => {
    exported.push(args);
    const written = (fileName: string): Exported => {
      const path = join(exports ?? '/exports', fileName);
      if (exports !== undefined) writeFileSync(path, fileName);
      return { fileName, path, mediaId: fileName, sizeBytes: 1 };
    };
    const name = `${exported.length}`;
    return { ...written(`${name}.${args.format}`), recipe: written(`${name}.recipe.json`) };
  };
  const own: Partial<{ [M in Method]: (args: Args<M>) => unknown }> = {
    'dataset.preview': ({ path }) => ({
      importer: 'table',
      title: 'Table',
      imageFolder: path,
      labelFile: null,
      columns: [],
      rows: [],
      rowCount: 16,
      mapping: {
        image: 'a',
        score: 'b',
        scoreKind: 'mos',
        scoreMin: 0,
        scoreMax: 15,
        decimal: '.',
      },
      notes: [],
    }),
    'dataset.import': () => {
      throw new LabError({ kind: 'internal', message: 'it was to be reused' });
    },
    'export.figure': exportOne,
    'export.table': exportOne,
  };
  return {
    exported,
    on: (event, listener) => lab.on(event, listener),
    async call<M extends Method>(method: M, args: Args<M>): Promise<Result<M>> {
      const answer = own[method];
      return answer ? ((await answer(args)) as Result<M>) : await lab.call(method, args);
    },
  };
}

export const toyPlan: Record<string, unknown> = {
  experiment: 1,
  name: 'Toy study',
  dataset: { path: 'toys', name: 'Toys' },
  split: { method: 'random', testShare: 0.25, validationShare: 0.25, grouped: false },
  pairs: [{ model: 'toy', trainer: { epochs: 2 } }],
  attacks: [{ attack: 'nudge', params: { epsilon: 0.01 } }],
  norms: [{}],
};

/** Runs a plan and returns what was told of each step, besides the result. */
export async function runToy(
  client: RpcClient,
  changes: Record<string, unknown> = {},
  signal?: AbortSignal,
) {
  const plan: Experiment = parseExperiment(JSON.stringify({ ...toyPlan, ...changes }), 'toy.json');
  const steps: [Outcome, string][] = [];
  const result = await runExperiment(client, plan, {
    baseDir: '/nowhere',
    narrator: { step: (...step) => steps.push(step), importing: () => undefined },
    wait: (jobIds) => waitForJobs(client, jobIds, { signal }),
  });
  return { result, steps, outcomes: steps.map(([outcome]) => outcome) };
}
