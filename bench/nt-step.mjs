/**
 * Time and peak memory of one NT training step of a model, on views of its own size. HyperIQA: this lab's against PyTorch
 * doing what the released code does (three forward passes), alternating so that other work on the machine meets both
 * alike; the others: this lab's alone.
 *
 *   npm run bench -- nt-step [--model hyperiqa] [--batch 16] [--steps 3] [--rounds 3] [--recompute]
 *
 * PyTorch is found through IQALAB_TORCH_PYTHON, the path of a Python that has it; without it only this lab is measured.
 */
import { availableParallelism, cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { bundle } from '../scripts/lib/bundle.mjs';
import { measure } from './lib/peers.mjs';

const root = resolve(import.meta.dirname, '..');

/** @param {readonly string[]} args @returns {Promise<number>} exit status */
export async function run(args) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      model: { type: 'string', default: 'hyperiqa' },
      batch: { type: 'string', default: '16' },
      steps: { type: 'string', default: '3' },
      rounds: { type: 'string', default: '3' },
      recompute: { type: 'boolean', default: false },
    },
  });
  const python = process.env.IQALAB_TORCH_PYTHON;
  const { path, remove } = await bundle('bench/nt-step-ours.ts');
  try {
    const peers = [{ name: 'this lab', command: [process.execPath, path] }];
    if (values.model !== 'hyperiqa') {
      console.log('Of this model only the lab’s own step is measured.\n');
    } else if (python) {
      const script = join(root, 'bench', 'nt-step-torch.py');
      peers.push({ name: 'PyTorch, as released', command: [python, script] });
    } else {
      console.log('PyTorch is not measured: set IQALAB_TORCH_PYTHON to a Python that has torch.\n');
    }
    const { model, batch, steps, recompute } = values;
    const settings = { model, batch, steps, recompute };
    const results = new Map(peers.map(({ name }) => [name, []]));
    let size = '';
    for (let round = 0; round < Number(values.rounds); round++) {
      for (const { name, command } of peers) {
        const result = await measure(command, settings);
        results.get(name).push(result);
        size = result.size ?? size;
        console.log(
          `round ${round + 1}, ${name}: ${result.seconds.map((s) => s.toFixed(2)).join(', ')} s a step, peak ${result.peakGb.toFixed(2)} GB (${result.engine})`,
        );
      }
    }
    report(results, { ...settings, size });
    return 0;
  } finally {
    remove();
  }
}

function report(results, { model, batch, recompute, size }) {
  const rows = [...results].map(([name, runs]) => {
    const seconds = runs.flatMap((run) => run.seconds).sort((a, b) => a - b);
    return {
      name,
      best: seconds[0],
      median: seconds[Math.floor(seconds.length / 2)],
      peak: Math.max(...runs.map((run) => run.peakGb)),
    };
  });
  console.log(
    `\n${model}, NT step, batch ${batch}, views of ${size}${recompute ? ', activations recomputed' : ''}; ${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} threads`,
  );
  console.table(
    rows.map(({ name, best, median, peak }) => ({
      '': name,
      'median s': median.toFixed(2),
      'best s': best.toFixed(2),
      'peak GB': peak.toFixed(2),
    })),
  );
  const [ours, theirs] = rows;
  if (theirs) {
    console.log(
      `time ${(ours.median / theirs.median).toFixed(2)} (best ${(ours.best / theirs.best).toFixed(2)}), memory ${(ours.peak / theirs.peak).toFixed(2)} of PyTorch's`,
    );
  }
}
