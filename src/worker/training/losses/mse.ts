import { meanOf } from './loss';
import type { LossDef } from './loss';

/** Mean (prediction - target)^2. */
const loss: LossDef = {
  id: 'mse',
  title: 'Mean squared error (MSE)',
  help: 'What DBCNN and MANIQA train with. Large errors count most.',
  params: [],
  evaluate: (prediction, target) =>
    meanOf(prediction, target, (error) => ({ value: error * error, slope: 2 * error })),
};

export default loss;
