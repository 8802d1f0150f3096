import { basename } from 'node:path';
import type { WeightFacts } from '@shared/domain/weights';
import { LabError } from '@shared/errors';

/**
 * Says what a weight file is. The readers of the formats join here.
 * @throws LabError `unsupported`
 */
export function readFacts(path: string): Promise<WeightFacts> {
  return Promise.reject(
    new LabError({
      kind: 'unsupported',
      message: `${basename(path)} cannot be read: this build has no reader of weight files`,
      safe: 'The file was only looked for.',
      next: 'Use a later build.',
    }),
  );
}
