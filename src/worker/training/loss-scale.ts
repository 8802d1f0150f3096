import type { ParamValues } from '@shared/params';
import { read } from '@shared/params';

/** y = scale * x + offset. */
export interface Affine {
  readonly scale: number;
  readonly offset: number;
}

/** The scale on which the loss compares scores with ratings. */
export interface LossScale {
  /** From a model's native output. */
  readonly fromNative: Affine;
  /** From the lab scale, on which ratings come. */
  readonly fromLab: Affine;
}

const identity: Affine = { scale: 1, offset: 0 };

/**
 * Chooses the loss's scale by the setting `lossScale`.
 *
 * @param toLab the model's native output to lab scale; @param rawToLab the data set's ratings to lab scale
 */
export function lossScale(
  trainer: Readonly<ParamValues>,
  toLab: Affine,
  rawToLab: Affine = identity,
): LossScale {
  switch (read.string(trainer, 'lossScale')) {
    case 'native':
      return { fromNative: identity, fromLab: inverse(toLab) };
    case 'unit':
      return through(toLab, { scale: 1 / 100, offset: 0 });
    case 'raw':
      return through(toLab, inverse(rawToLab));
    default:
      return { fromNative: toLab, fromLab: identity };
  }
}

function through(toLab: Affine, fromLab: Affine): LossScale {
  const scale = fromLab.scale * toLab.scale;
  return { fromNative: { scale, offset: fromLab.scale * toLab.offset + fromLab.offset }, fromLab };
}

function inverse({ scale, offset }: Affine): Affine {
  return { scale: 1 / scale, offset: -offset / scale };
}
