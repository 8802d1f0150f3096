import type { ParamSpec } from '@shared/params';
import { viewParams } from './data/settings';
import type { ModelDef } from './models';
import { mappingParams, trainerParams } from './training/settings';

/** Which stored epoch a run is judged by; the host passes it on as `TrainPayload.selection`. */
const selectionParam: ParamSpec = {
  type: 'choice',
  id: 'selection',
  label: 'Judged by',
  help: 'Which epoch a run is judged by. Choosing on the test pictures, as the released code does, flatters the result; every figure and table then says so.',
  level: 'guided',
  group: 'Training',
  default: 'validation',
  options: [
    {
      value: 'validation',
      label: 'Best on validation',
      help: 'The epoch with the highest validation SROCC; without validation pictures, the last one.',
    },
    { value: 'last', label: 'Last epoch', help: 'The epoch training ends with.' },
    {
      value: 'test',
      label: 'Best on test',
      help: 'As the released code does. Results are then chosen by the pictures they are reported on.',
    },
  ],
};

/** What every model's `TrainSpec.trainer` holds: the trainer's own settings, and the views it is fed with. */
export const trainerSpecs: readonly ParamSpec[] = [...trainerParams, selectionParam, ...viewParams];

/** Everything `TrainSpec.trainer` of a model holds: the shared settings, then those of this model alone. */
export function trainerSpecsOf({
  recipe,
  mapped,
}: Pick<ModelDef, 'recipe' | 'mapped'>): readonly ParamSpec[] {
  return [...trainerSpecs, ...(mapped ? mappingParams : []), ...(recipe.settings ?? [])];
}
