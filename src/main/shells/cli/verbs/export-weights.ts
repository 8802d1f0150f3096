import { resolve } from 'node:path';
import { Option } from 'commander';
import type { WeightsFormat } from '@shared/rpc';
import { findNamed } from '../find';
import { withSession } from '../session';
import { examples, type Verb } from '../verb';

interface Options {
  format: WeightsFormat;
  to?: string;
  overwrite?: boolean;
}

const verb: Verb = (program, environment) => {
  const command = program
    .command('export-weights <run>')
    .summary('write the weights of a trained run as a file for other programs')
    .description(
      'Writes the weights the run is judged by, without the optimiser’s state: a safetensors file\n' +
        'that says of which model it is, or a file for torch.load(path, weights_only=True). A file\n' +
        'that is there already is left alone unless --overwrite says otherwise.',
    )
    .addOption(
      new Option('--format <format>', 'kind of file')
        .choices(['safetensors', 'torch'])
        .default('safetensors'),
    )
    .option('--to <path>', 'the file to write (default: a name of its own among the exports)')
    .option('--overwrite', 'replace the file if it is there')
    .addHelpText(
      'after',
      examples(
        'iqalab export-weights 3',
        'iqalab export-weights "CNNIQA, seed 1 +NT" --format torch --to ~/cnniqa-nt.pth',
      ),
    );
  command.action(async (given: string, { format, to, overwrite }: Options) => {
    await withSession(environment, command, { workspace: 'existing' }, async (session) => {
      const { lab, terminal } = session;
      const runs = (await lab.call('run.list', {})).filter((run) => run.deletedAtMs === null);
      const { id, name } = findNamed('run', runs, given, 'Train one: iqalab train.');
      const file = await lab.call('run.exportWeights', {
        id,
        format,
        path: to === undefined ? null : resolve(environment.cwd, to),
        overwrite: overwrite ?? false,
      });
      terminal.note(`Weights of ${name}, ${file.sizeBytes} bytes, SHA-256 ${file.sha256}`);
      terminal.out(file.path);
    });
  });
};
export default verb;
