import { Option, type Command } from 'commander';
import type { ModelInfo } from '@shared/domain/catalogue';
import type { Split } from '@shared/domain/dataset';
import type { ParamValues } from '@shared/params';
import type { PairDraft, RpcClient } from '@shared/rpc';
import { twinKinds, type TwinKind } from '@shared/twin';
import { chooseInitial } from '../../weights/find-by-name';
import { findById, findDataset, findModel, findSplit } from './find';
import { integer } from './parsers';
import { parseSettings, type SettingGroups } from './settings';
import { collect } from './verb';

/** Options of every verb that trains pairs. */
export interface DraftOptions {
  dataset?: string;
  split?: string;
  model: string;
  preset?: string;
  twin: TwinKind;
  name?: string;
  seed: number;
  set?: string[];
  weights?: string[];
}

export function draftOptions(command: Command): Command {
  return command
    .option('--dataset <id>', 'data set by number or name (default: the newest)')
    .option('--split <id>', 'split by number or name (default: the newest of the data set)')
    .option('--model <id>', 'model', 'cnniqa')
    .addOption(
      new Option('--twin <what>', 'what the twin adds: NT, adversarial training, or both')
        .choices([...twinKinds])
        .default('nt'),
    )
    .option('--preset <id>', 'a named set of values, applied over the defaults')
    .option('--name <name>', 'name of the pair')
    .option('--seed <n>', 'seed', integer(0), 1)
    .option(
      '--weights <id|scratch>',
      'what the model starts from, by entry, file name or SHA-256 (see: iqalab weights); may be repeated',
      collect,
    )
    .option(
      '--set <name=value>',
      'a setting of model, trainer, nt or at; may be repeated',
      collect,
    );
}

/** Lists of settings of a pair, by the word that stands before the dot on the command line. */
export function pairSettings(model: ModelInfo, twin: TwinKind): SettingGroups {
  return {
    model: model.params,
    trainer: model.trainer,
    nt: twin === 'at' ? [] : model.nt,
    at: twin === 'nt' ? [] : model.at,
  };
}

/**
 * The pair that the options describe.
 * @param several whether more than one is made of it: then the seed is no part of its name
 * @throws LabError `not-found` or UsageError
 */
export async function draftOf(
  lab: RpcClient,
  options: DraftOptions,
  several: boolean,
): Promise<{ draft: PairDraft; split: Split; model: ModelInfo }> {
  const dataset = await findDataset(lab, options.dataset);
  const split = await findSplit(lab, dataset, options.split);
  const model = findModel(await lab.call('catalogue.get', {}), options.model);
  const given: Record<string, ParamValues> = parseSettings(
    options.set ?? [],
    pairSettings(model, options.twin),
  );
  const none: ParamValues = {};
  const preset = options.preset
    ? findById('preset', model.presets, options.preset)
    : { model: none, trainer: none, nt: none };
  const draft: PairDraft = {
    name: options.name ?? (several ? model.title : `${model.title}, seed ${options.seed}`),
    datasetId: dataset.id,
    splitId: split.id,
    modelId: model.id,
    modelParams: { ...preset.model, ...given['model'] },
    trainer: { ...preset.trainer, ...given['trainer'] },
    nt: { ...preset.nt, ...given['nt'] },
    twin: options.twin,
    at: given['at'] ?? {},
    seed: options.seed,
    initial: await chooseInitial(lab, options.weights ?? []),
  };
  return { draft, split, model };
}
