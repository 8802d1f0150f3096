import { ErrorData } from '@shared/domain/run';
import { WeightOutcome } from '@shared/domain/weights';
import { LabError } from '@shared/errors';
import { uploadPath } from '@shared/rpc';
import * as v from 'valibot';

const Answer = v.union([
  v.object({ result: v.array(WeightOutcome) }),
  v.object({ error: ErrorData }),
]);

/**
 * Sends a weight file to the server this page came from. The browser streams it from the disk.
 * @throws LabError why the lab did not take it, or that the connection broke
 */
export async function uploadWeights(file: File): Promise<WeightOutcome[]> {
  const address = `${uploadPath}?name=${encodeURIComponent(file.name)}`;
  let answer: unknown;
  try {
    const response = await fetch(address, { method: 'POST', body: file });
    answer = await response.json();
  } catch (thrown) {
    throw new LabError(
      {
        kind: 'internal',
        message: `sending "${file.name}" to the lab broke off`,
        safe: 'Nothing of it was kept.',
        next: 'Wait until the banner says that the connection is back, then drop it again, or name its path.',
      },
      { cause: thrown },
    );
  }
  const parsed = v.parse(Answer, answer);
  if ('error' in parsed) throw new LabError(parsed.error);
  return parsed.result;
}
