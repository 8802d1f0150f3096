import type { BenchAnswer, BenchAsk } from '@shared/domain/bench';
import type { DatasetImage } from '@shared/domain/dataset';
import { must } from '@shared/errors';
import { attackRows } from './data';

/** A believable answer of the bench: the row a batch has of the picture, moved by epsilon. */
export function benchAnswer(ask: BenchAsk, pictures: readonly DatasetImage[]): BenchAnswer {
  const rows = attackRows(ask.runId, pictures);
  const row = must(rows.find((one) => one.imageId === ask.imageId) ?? rows[0], 'a row');
  const epsilon = Number(ask.params['epsilon'] ?? 0.005);
  const move = ((row.attackedFloat - row.clean) * epsilon) / 0.005;
  const steps = Number(ask.params['steps'] ?? 1);
  return {
    row: {
      ...row,
      imageId: ask.imageId,
      attackedFloat: row.clean + move,
      attackedEightBit: row.clean + 0.8 * move,
      linfFloat: epsilon,
      linfEightBit: Math.round(epsilon * 255) / 255,
      artifact: null,
    },
    scope: ask.scope,
    views: ask.scope === 'preview' ? 1 : 25,
    viewsInAll: 25,
    trace: Array.from({ length: steps }, (_, step) => row.clean + (move * step) / steps),
    width: 500,
    height: 500,
    computeMs: 120,
    cleanId: `clean-${ask.imageId}`,
    attackedId: `attacked-${ask.imageId}-${ask.runId}-${ask.scope}`,
    engine: 'cpu',
  };
}
