import type { PerceptualId } from '@shared/weights/measures';
import type { Comparison } from './comparison';
import { Dists } from './dists';
import { Lpips } from './lpips';
import { AlexNet } from './networks/alexnet';
import type { Tensors } from './networks/trunk';
import { Vgg16 } from './networks/vgg16';

/**
 * A perceptual distance from its weight files.
 * @param tensorsOf tensors of a file by its entry in the catalogue of weight files
 */
export function perceptualComparison(
  id: PerceptualId,
  tensorsOf: (entry: string) => Tensors,
): Comparison {
  switch (id) {
    case 'lpips-alex':
      return new Lpips(id, new AlexNet(tensorsOf('alexnet')), tensorsOf('lpips-alex'));
    case 'lpips-vgg':
      return new Lpips(id, new Vgg16(tensorsOf('vgg16'), 'max'), tensorsOf('lpips-vgg'));
    case 'dists':
      return new Dists(tensorsOf('vgg16'), tensorsOf('dists'));
  }
}
