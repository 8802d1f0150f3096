import type { OpenDefence } from '../../defences';
import { type ParamSpec, type ParamValues, read } from '@shared/params';

/** Settings common to every attack batch (the catalogue's `attackRun`). */
export const attackRunParams: readonly ParamSpec[] = [
  {
    type: 'choice',
    id: 'unit',
    label: 'What is attacked',
    help: 'The released code attacks every view on its own, each with its own direction. Attacking the picture instead chooses the direction once from its score and follows the gradient of the mean over all views: one picture that could be saved and shown.',
    level: 'paper',
    default: 'crop',
    options: [
      { value: 'crop', label: 'Each view', help: 'As the released code does.' },
      { value: 'image', label: 'The whole picture', help: 'One perturbation per picture.' },
    ],
    paper: { value: 'crop', source: 'released code, FGSM demo' },
  },
  {
    type: 'choice',
    id: 'keepImages',
    label: 'Keep attacked pictures',
    help: 'Saves each attacked picture as an 8-bit PNG. Where views were attacked on their own, they are laid back into the picture where they were cut; of overlapping views the last one shows.',
    level: 'guided',
    default: 'all',
    options: [
      { value: 'all', label: 'All, as PNG' },
      { value: 'none', label: 'None' },
    ],
  },
  {
    type: 'choice',
    id: 'distances',
    label: 'LPIPS and DISTS',
    help: 'Recorded for every attacked picture, as scored and as saved, where their weight files are in this workspace. On a processor they can take longer than the attack itself.',
    level: 'guided',
    default: 'available',
    options: [
      { value: 'available', label: 'Where their files are here' },
      { value: 'none', label: 'Not recorded' },
    ],
  },
  {
    type: 'integer',
    id: 'viewsAtOnce',
    label: 'Views at once',
    help: 'Most views given to the model in one go. More needs more memory; the numbers agree to about six digits.',
    level: 'expert',
    default: 128,
    min: 1,
    max: 4096,
  },
];

export interface AttackRunSettings {
  readonly unit: 'crop' | 'image';
  readonly keepImages: boolean;
  readonly viewsAtOnce: number;
  /** Stands before the model in every score that is reported; absent: the model alone. */
  readonly defence?: OpenDefence & { readonly adaptive: boolean };
}

/** Reads checked values of `attackRunParams`. */
export function attackRunSettings(values: Readonly<ParamValues>): AttackRunSettings {
  return {
    unit: read.string(values, 'unit') === 'image' ? 'image' : 'crop',
    keepImages: read.string(values, 'keepImages') === 'all',
    viewsAtOnce: read.number(values, 'viewsAtOnce'),
  };
}
