/**
 * Throughput of one-step FGSM over the crops of a picture: this lab's batched attack against the released demo's loop in
 * PyTorch (one crop at a time), with the same drawn weights and crops, alternating so that other work on the machine meets
 * both alike. Scores are compared, so that both are seen to do the same work.
 *
 *   npm run bench -- attack [--model hyperiqa] [--crops 25] [--passes 1] [--rounds 3] [--rows 25] [--lean] [--batched]
 *
 * --model may be repeated (hyperiqa, efficientnet-lite0). --lean and --batched add PyTorch without the passes the numbers
 * do not need, one crop at a time and all at once. PyTorch is found through IQALAB_TORCH_PYTHON, the path of a Python that
 * has it; without it only this lab is measured.
 */
import { availableParallelism, cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { bundle } from '../scripts/lib/bundle.mjs';
import { measure } from './lib/peers.mjs';

const root = resolve(import.meta.dirname, '..');
const epsilon = 0.005;

/** @param {readonly string[]} args @returns {Promise<number>} exit status */
export async function run(args) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      model: { type: 'string', multiple: true, default: ['hyperiqa', 'efficientnet-lite0'] },
      crops: { type: 'string', default: '25' },
      passes: { type: 'string', default: '1' },
      rounds: { type: 'string', default: '3' },
      rows: { type: 'string', default: '25' },
      lean: { type: 'boolean', default: false },
      batched: { type: 'boolean', default: false },
    },
  });
  const python = process.env.IQALAB_TORCH_PYTHON;
  if (!python)
    console.log('PyTorch is not measured: set IQALAB_TORCH_PYTHON to a Python that has torch.\n');
  const { path, remove } = await bundle('bench/attack-ours.ts');
  const torch = [python, join(root, 'bench', 'attack-torch.py')];
  const peers = [
    { name: 'this lab', command: [process.execPath, path], mode: 'attack' },
    {
      name: 'this lab, with SSIM and distances',
      command: [process.execPath, path],
      mode: 'stored',
    },
    ...(python
      ? [
          { name: 'PyTorch, as released', command: torch, mode: 'released' },
          ...(values.lean ? [{ name: 'PyTorch, lean', command: torch, mode: 'lean' }] : []),
          ...(values.batched
            ? [{ name: 'PyTorch, batched', command: torch, mode: 'batched' }]
            : []),
        ]
      : []),
  ];
  try {
    for (const model of values.model) {
      const { crops, passes, rows } = values;
      const settings = { model, crops, passes, rows, epsilon };
      const results = new Map(peers.map(({ name }) => [name, []]));
      for (let round = 0; round < Number(values.rounds); round++) {
        for (const { name, command, mode } of peers) {
          const result = await measure(command, { ...settings, mode });
          results.get(name).push(result);
          const times = result.seconds.map((s) => s.toFixed(2)).join(', ');
          console.log(
            `${model}, round ${round + 1}, ${name}: ${times} s for ${crops} crops, peak ${result.peakGb.toFixed(2)} GB (${result.engine})`,
          );
        }
      }
      report(model, results, Number(crops));
    }
    return 0;
  } finally {
    remove();
  }
}

function report(model, results, crops) {
  const rows = [...results].map(([name, runs]) => {
    const seconds = runs.flatMap((run) => run.seconds).sort((a, b) => a - b);
    const median = seconds[Math.floor(seconds.length / 2)];
    const processor = Math.min(...runs.flatMap((run) => run.processor));
    const peak = Math.max(...runs.map((run) => run.peakGb));
    return { name, median, best: seconds[0], processor, peak, last: runs.at(-1) };
  });
  const [ours] = rows;
  const processor = `${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} threads`;
  console.log(`\n${model}, FGSM, ${crops} crops of 224 px; ${processor}`);
  console.table(
    rows.map(({ name, median, best, processor: busy, peak }) => ({
      '': name,
      'crops/s': (crops / median).toFixed(2),
      'best crops/s': (crops / best).toFixed(2),
      'processor s, least': busy.toFixed(2),
      'peak GB': peak.toFixed(2),
      'times slower': (median / ours.median).toFixed(2),
    })),
  );
  for (const { name, median, best, processor: busy, last } of rows.slice(2)) {
    const off = (column) => largest(ours.last[column], last[column]);
    console.log(
      `throughput ${(median / ours.median).toFixed(2)} times that of ${name} (best ${(best / ours.best).toFixed(2)}, processor time ${(busy / ours.processor).toFixed(2)}); ` +
        `scores differ by at most ${off('clean').toExponential(1)} before and ${off('attacked').toExponential(1)} after, ` +
        `where the attack moved them by ${largest(last.clean, last.attacked).toFixed(2)}`,
    );
  }
}

function largest(a, b) {
  return Math.max(...a.map((value, i) => Math.abs(value - b[i])));
}
