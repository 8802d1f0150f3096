import type { WeightEntry } from '../domain/weights';
import { weightCatalogue } from './catalogue';

/** Picture distances that need weight files, in the order in which they are shown. */
export const perceptualMeasures = [
  { id: 'lpips-alex', title: 'LPIPS (AlexNet)' },
  { id: 'lpips-vgg', title: 'LPIPS (VGG-16)' },
  { id: 'dists', title: 'DISTS' },
] as const;
export type PerceptualId = (typeof perceptualMeasures)[number]['id'];

/** The files a distance is made of: a trunk, and its own weights. */
export function entriesOf(
  id: PerceptualId,
  entries: readonly WeightEntry[] = weightCatalogue,
): WeightEntry[] {
  return entries.filter(({ uses }) => uses.some((use) => use.kind === 'measure' && use.id === id));
}
