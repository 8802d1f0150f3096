import { paperBeforeAfter } from './before-after';
import type {
  PaperAttack,
  PaperBlock,
  PaperByAttack,
  PaperMetric,
  PaperModel,
  PaperRow,
  PaperValue,
} from './models';
import { paperModels } from './models';

/** Table 1, and Tables 2, 3, S8, S9 and S10, typed from the paper; columns HyperIQA, DBCNN, LinearityIQA, MANIQA. */
const clean: Readonly<Record<Exclude<PaperMetric, 'r'>, PaperRow>> = {
  rmse: [
    [9.913, 12.575],
    [10.897, 13.14],
    [12.73, 13.173],
    [26.082, 23.83],
  ],
  srocc: [
    [0.899, 0.859],
    [0.866, 0.856],
    [0.832, 0.82],
    [0.876, 0.871],
  ],
  plcc: [
    [0.916, 0.868],
    [0.892, 0.849],
    [0.84, 0.827],
    [0.87, 0.876],
  ],
  krocc: [
    [0.728, 0.67],
    [0.688, 0.666],
    [0.641, 0.627],
    [0.696, 0.692],
  ],
};

const mosAfter: Readonly<Record<Exclude<PaperMetric, 'r'>, PaperByAttack>> = {
  rmse: {
    fgsm: [
      [25.729, 16.828],
      [36.758, 24.711],
      [50.823, 40.104],
      [24.899, 25.712],
    ],
    perceptual: [
      [13.565, 12.593],
      [88.864, 51.961],
      [115.395, 80.949],
      [22.745, 21.998],
    ],
    uap: [
      [17.765, 16.363],
      [19.775, 17.188],
      [16.997, 16.847],
      [23.109, 27.832],
    ],
    kor: [
      [18.564, 17.667],
      [12.617, 12.707],
      [19.5, 17.865],
      [18.423, 17.395],
    ],
  },
  srocc: {
    fgsm: [
      [0.021, 0.81],
      [-0.318, 0.2],
      [-0.375, -0.347],
      [0.417, 0.772],
    ],
    perceptual: [
      [0.815, 0.858],
      [-0.127, 0.643],
      [0.477, 0.567],
      [0.876, 0.871],
    ],
    uap: [
      [0.736, 0.822],
      [0.705, 0.76],
      [0.715, 0.739],
      [0.773, 0.839],
    ],
    kor: [
      [0.808, 0.802],
      [0.863, 0.856],
      [0.775, 0.775],
      [0.828, 0.847],
    ],
  },
  krocc: {
    fgsm: [
      [0.02, 0.61],
      [-0.146, 0.136],
      [-0.197, -0.184],
      [0.296, 0.584],
    ],
    perceptual: [
      [0.627, 0.669],
      [-0.079, 0.471],
      [0.35, 0.415],
      [0.87, 0.876],
    ],
    uap: [
      [0.548, 0.628],
      [0.51, 0.568],
      [0.526, 0.543],
      [0.578, 0.651],
    ],
    kor: [
      [0.614, 0.615],
      [0.678, 0.669],
      [0.585, 0.587],
      [0.637, 0.658],
    ],
  },
  plcc: {
    fgsm: [
      [-0.009, 0.801],
      [-0.383, 0.251],
      [-0.497, -0.387],
      [0.599, 0.861],
    ],
    perceptual: [
      [0.83, 0.868],
      [-0.03, 0.585],
      [0.487, 0.528],
      [0.696, 0.691],
    ],
    uap: [
      [0.733, 0.817],
      [0.701, 0.776],
      [0.694, 0.729],
      [0.766, 0.837],
    ],
    kor: [
      [0.801, 0.806],
      [0.875, 0.868],
      [0.774, 0.774],
      [0.838, 0.856],
    ],
  },
};

const sources = {
  rmse: 'Table 2',
  srocc: 'Table 3',
  krocc: 'Table S8',
  plcc: 'Table S9',
  r: 'Table S10',
} as const;

export interface PaperPlace {
  readonly metric: PaperMetric;
  readonly block: PaperBlock;
  /** Ignored on unattacked images. */
  readonly attack?: PaperAttack;
  readonly model: PaperModel;
  readonly twin: boolean;
}

/** What the paper prints there; null where it prints nothing. */
export function paperMeasure(place: PaperPlace): PaperValue | null {
  const { metric, block, attack, model, twin } = place;
  const row = rowOf(place);
  if (!row) return null;
  const value = row[paperModels.indexOf(model)]?.[twin ? 1 : 0];
  if (value === undefined) return null;
  const source = block === 'clean' ? 'Table 1' : sources[metric];
  const doubt = attack && doubtOf(metric, block, attack, model, twin);
  return { value, source, ...(doubt && { doubt }) };
}

function rowOf({ metric, block, attack }: PaperPlace): PaperRow | null {
  if (block === 'clean') return metric === 'r' ? null : clean[metric];
  if (!attack) return null;
  if (block === 'beforeAfter') return paperBeforeAfter[metric][attack];
  return metric === 'r' ? null : mosAfter[metric][attack];
}

function doubtOf(
  metric: PaperMetric,
  block: PaperBlock,
  attack: PaperAttack,
  model: PaperModel,
  twin: boolean,
): string | null {
  const swapped = metric === 'krocc' || metric === 'plcc';
  if (swapped && block === 'mosAfter' && attack === 'perceptual' && model === 'maniqa') {
    return (
      'KROCC and PLCC of MANIQA under the Perceptual attack look swapped between Tables S8 and S9:' +
      ' the attack hardly moves MANIQA, and Table 1 has PLCC 0.870/0.876 and KROCC 0.696/0.692'
    );
  }
  const first = metric === 'krocc' && block === 'beforeAfter' && attack === 'fgsm';
  if (first && model === 'hyperiqa' && !twin) {
    return 'KROCC of HyperIQA under FGSM repeats its SROCC, 0.043';
  }
  if (metric !== 'r') return null;
  if (model === 'linearityiqa' && (attack === 'fgsm' || attack === 'perceptual')) {
    return (
      'R of LinearityIQA is 1.011/1.389 under FGSM and 1.011/1.398 under the Perceptual attack, which' +
      ' is hardly possible for RMSEs of 48 and 116'
    );
  }
  if (model === 'maniqa') {
    return 'R of MANIQA fits only raw predictions in 0 to 1 set against a range of 0 to 100';
  }
  return null;
}
