import { meanOf } from './loss';
import type { LossDef } from './loss';

/** Mean |prediction - target|, with subgradient 0 at 0 as PyTorch's. */
const loss: LossDef = {
  id: 'l1',
  title: 'Mean absolute error (L1)',
  help: 'What HyperIQA and CNNIQA train with. Large errors count in proportion, not squared.',
  params: [],
  evaluate: (prediction, target) =>
    meanOf(prediction, target, (error) => ({ value: Math.abs(error), slope: Math.sign(error) })),
};

export default loss;
