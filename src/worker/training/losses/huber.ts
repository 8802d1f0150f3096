import { meanOf } from './loss';
import type { LossDef } from './loss';

/** Where the square turns into a line, in the unit of the scores. */
const DELTA = 1;

/** Huber (1964): e^2 / 2 for |e| <= 1, |e| - 1/2 beyond. PyTorch's `HuberLoss` with its default delta. */
const loss: LossDef = {
  id: 'huber',
  title: 'Huber loss',
  help: 'Squared for errors up to 1, absolute beyond: smooth at the target, robust against outliers.',
  params: [],
  evaluate: (prediction, target) =>
    meanOf(prediction, target, (error) =>
      Math.abs(error) <= DELTA
        ? { value: (error * error) / 2, slope: error }
        : { value: DELTA * (Math.abs(error) - DELTA / 2), slope: DELTA * Math.sign(error) },
    ),
};

export default loss;
