import { read } from '@shared/params';
import type { ParamValues } from '@shared/params';
import { defaultValues } from '@shared/params';
import type { LossDef, LossValue } from './loss';
import { normInNorm } from './norm-in-norm/loss';
import { disorder } from './norm-in-norm/order';
import { params } from './norm-in-norm/params';
import type { Shape } from './norm-in-norm/loss';

function shapeOf(values: Readonly<ParamValues>): Shape {
  return {
    p: read.number(values, 'ninP'),
    q: read.number(values, 'ninQ'),
    plain: read.number(values, 'ninPlain'),
    variant: read.number(values, 'ninVariant'),
    detach: read.boolean(values, 'ninDetach'),
  };
}

/**
 * Norm-in-norm loss of every head (Li, Jiang & Jiang, ACM Multimedia 2020), the first with weight 1 and the others with
 * one they share, each with its pairwise term of order.
 */
function evaluate(
  prediction: Float32Array,
  target: Float32Array,
  values: Readonly<ParamValues> = defaultValues(params),
): LossValue {
  const n = target.length;
  const heads = prediction.length / n;
  if (n === 0 || !Number.isInteger(heads) || heads === 0) {
    throw new Error(
      `norm-in-norm: needs a prediction of every head for each target, got ${prediction.length} and ${n}`,
    );
  }
  const shape = shapeOf(values);
  const others = read.number(values, 'ninHeads');
  const order = read.number(values, 'ninOrder');
  const labels = Float64Array.from(target);
  const gradient = new Float64Array(prediction.length);
  let value = 0;
  for (let head = 0; head < heads; head++) {
    const column = Float64Array.from(labels, (_, i) => prediction[i * heads + head] ?? Number.NaN);
    const weight = head === 0 ? 1 : others;
    const own = normInNorm(column, labels, shape);
    const rank = order > 0 ? disorder(column, labels, shape.detach) : null;
    value += weight * (own.value + order * (rank?.value ?? 0));
    for (let i = 0; i < n; i++) {
      const slope = (own.gradient[i] ?? 0) + order * (rank?.gradient[i] ?? 0);
      gradient[i * heads + head] = weight * slope;
    }
  }
  return { value, gradient };
}

const loss: LossDef = {
  id: 'norm-in-norm',
  title: 'Norm-in-norm',
  help: 'What LinearityIQA trains with. Scores and ratings are compared after both are centred and brought to length 1 over the batch: only their linear relation counts, and a line brings the output to the ratings afterwards. For models whose output is mapped so.',
  params,
  judgesHeads: true,
  evaluate,
};

export default loss;
