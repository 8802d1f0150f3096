import { LabError } from '@shared/errors';
import type { Scorer } from '../../attacks/attack';
import { PictureScorer } from '../../attacks/harness/picture-scorer';
import { viewSettings } from '../../data/settings';
import { testViews, type Size } from '../../data/views';
import type { FittedModel } from '../../fits/fit';
import type { TrainedRun } from '../trained-run';

/** A trained run as a fit sees it. */
export function fittedModel(run: TrainedRun): FittedModel {
  const { shape } = run;
  if (shape.kind === 'whole') return { view: null, scorer: () => run.scorer() };
  const view: Size = { height: shape.height, width: shape.width };
  return {
    view,
    scorer(patch): Scorer {
      if (view.height > patch.height || view.width > patch.width) throw tooSmall(view, patch);
      const rows = Math.ceil(patch.height / view.height);
      const count = rows * Math.ceil(patch.width / view.width);
      const settings = { ...viewSettings({}), method: 'grid', testViews: count } as const;
      return new PictureScorer(run.scorer(), testViews(shape, settings, patch, 0, 0));
    },
  };
}

function tooSmall(view: Size, patch: Size): LabError {
  return new LabError({
    kind: 'unsupported',
    message:
      `patches of ${patch.width} x ${patch.height} pixels are smaller than ` +
      `the model's view of ${view.width} x ${view.height}`,
    safe: 'Nothing was started.',
    next: 'Fit on larger patches, or on pictures that are large enough.',
  });
}
