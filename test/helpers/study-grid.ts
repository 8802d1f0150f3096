import type { AttackRow } from '@shared/domain/results';
import type { Pair } from '@shared/domain/run';
import type { Study, StudyAttack, StudyRun } from '@shared/domain/study';
import { random } from '@shared/random';
import { buildStudy } from './study';

const models = [
  { id: 'hyperiqa', title: 'HyperIQA', norm: 1, lambdas: [0.001, 0.0005, 0.003] },
  { id: 'dbcnn', title: 'DBCNN', norm: 1.7, lambdas: [0.0005, 0.001] },
  { id: 'linearityiqa', title: 'LinearityIQA', norm: 2.4, lambdas: [0.0005] },
  { id: 'maniqa', title: 'MANIQA', norm: 0.6, lambdas: [0.003] },
] as const;

/** What an attack of the fixture does: a factor on the score changes of FGSM, and the SSIM it costs. */
interface Attacked {
  readonly attackId: string;
  readonly title: string;
  readonly label: string;
  readonly access: StudyAttack['access'];
  readonly params: StudyAttack['spec']['params'];
  readonly factor: number;
  readonly ssim: number;
}

const iterative = [0.0025, 0.005, 0.01, 0.03].flatMap((epsilon) =>
  [1, 5, 10].map((steps): Attacked => ({
    attackId: 'i-fgsm',
    title: 'I-FGSM',
    label: `I-FGSM, eps ${epsilon}, ${steps} ${steps === 1 ? 'step' : 'steps'}`,
    access: 'white-box',
    params: { epsilon, stepSize: epsilon / 4, steps, loss: 'mid' },
    factor: (epsilon / 0.005) ** 0.5 * (1 + 0.25 * Math.log(steps)),
    ssim: 1 - 3 * epsilon * (1 + 0.25 * Math.log(steps)),
  })),
);

const losses = ['mae', 'mse', 'mid'].map((loss): Attacked => ({
  attackId: 'fgsm',
  title: 'FGSM',
  label: loss === 'mid' ? 'FGSM, eps 0.005' : `FGSM, eps 0.005, loss ${loss}`,
  access: 'white-box',
  params: { epsilon: 0.005, stepSize: 0.01, loss },
  factor: { mae: 0.05, mse: 0.4, mid: 1 }[loss] ?? 1,
  ssim: 0.985,
}));

const transferred: Attacked = {
  attackId: 'uap',
  title: 'UAP',
  label: 'UAP, scale 0.04',
  access: 'black-box',
  params: { scale: 0.04 },
  factor: 0.45,
  ssim: 0.95,
};

/**
 * A study of four models as the paper compares them: each with a baseline, twins that share it and
 * differ in lambda, three losses of FGSM, a black-box attack, and for the first model an intensity
 * sweep and a sweep of h. Every number is a function of the seed; nothing of it was measured.
 */
export function buildGrid(images = 24): Study {
  const runs: StudyRun[] = [];
  const pairs: Pair[] = [];
  models.forEach((model, slot) => {
    const { runs: own } = buildStudy({ seed: slot + 1, images, steps: 12, epochs: 4 });
    const [base, twin] = own;
    if (!base || !twin) throw new Error('the fixture has a pair');
    const attacks = [...[...losses].reverse(), transferred, ...(slot === 0 ? iterative : [])];
    const baseline = made(base, { model, slot, id: runs.length + 1, lambda: null, attacks });
    runs.push(baseline);
    const settings: { lambda: number; h?: number }[] = model.lambdas.map((lambda) => ({ lambda }));
    if (slot === 0) settings.push({ lambda: 0.001, h: 0.1 });
    for (const [i, { lambda, h }] of settings.entries()) {
      const name = h === undefined ? `lambda ${lambda}` : `h ${h}`;
      const run = made(twin, {
        model,
        slot,
        id: runs.length + 1,
        lambda,
        h,
        name,
        attacks: i === 0 ? attacks : losses.slice(2),
      });
      runs.push(run);
      const pair = { baselineRunId: baseline.run.id, ntRunId: run.run.id, createdAtMs: 0 };
      pairs.push({ id: pairs.length + 1, name: `${model.title}, ${name}`, ...pair });
    }
  });
  const linked = runs.map((own) => ({
    ...own,
    run: {
      ...own.run,
      pairIds: pairs
        .filter(({ baselineRunId, ntRunId }) => [baselineRunId, ntRunId].includes(own.run.id))
        .map(({ id }) => id),
    },
  }));
  return {
    selection: { runIds: linked.map(({ run }) => run.id), side: 'test' },
    pairs,
    runs: linked,
  };
}

function made(
  from: StudyRun,
  change: {
    readonly model: (typeof models)[number];
    readonly slot: number;
    readonly id: number;
    readonly lambda: number | null;
    readonly h?: number;
    readonly name?: string;
    readonly attacks: readonly Attacked[];
  },
): StudyRun {
  const { model, slot, id, lambda, h = 0.01 } = change;
  /** Stronger regularisation moves scores less and blurs them more. */
  const calm = lambda === null ? 1 : (0.001 / lambda) ** 0.4 * (1 + h);
  const blur = lambda === null ? 0 : 900 * lambda;
  const stream = random(id, 'test/grid');
  const [template] = from.attacks;
  const rows = template?.rows ?? [];
  const norms = from.norms;
  return {
    ...from,
    modelTitle: model.title,
    slot,
    run: {
      ...from.run,
      id,
      trainJobId: id,
      name: `${model.title} ${change.name ?? 'baseline'}`,
      spec: {
        ...from.run.spec,
        modelId: model.id,
        nt: lambda === null ? null : { lambda, h, space: 'pixel' },
      },
    },
    scores: from.scores && {
      ...from.scores,
      jobId: 1000 + id,
      rows: from.scores.rows.map((row) => ({
        ...row,
        score: row.score + stream.normal(0, blur),
      })),
    },
    attacks: change.attacks.map((attack, i): StudyAttack => ({
      jobId: 100 * id + i,
      spec: {
        kind: 'attack',
        runId: id,
        side: 'test',
        attackId: attack.attackId,
        attackVersion: 1,
        params: attack.params,
        run: { unit: 'crop', ssim: 'ssim-piq' },
        seed: 7,
        limit: null,
      },
      title: attack.title,
      label: attack.label,
      access: attack.access,
      complete: true,
      rows: rows.map((row) => moved(row, attack, calm)),
      warnings: [],
    })),
    norms: norms && {
      ...norms,
      jobId: 2000 + id,
      spec: { ...norms.spec, runId: id },
      rows: norms.rows.map((row) => ({
        ...row,
        exact: row.exact * model.norm * calm,
        estimate: row.estimate * model.norm * calm,
      })),
    },
  };
}

function moved(row: AttackRow, { factor, ssim }: Attacked, calm: number): AttackRow {
  const shift = (row.attackedFloat - row.clean) * factor * calm;
  return {
    ...row,
    attackedFloat: row.clean + shift,
    attackedEightBit: row.clean + 0.95 * shift,
    artifact: 'kept.png',
    ssim: { 'ssim-piq': Math.max(0.3, ssim - 0.01 * ((row.imageId % 5) - 2)) },
  };
}
