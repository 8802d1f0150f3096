import type { EChartsOption } from 'echarts';
import type { FigureOptions, Study, StudyImage } from '../domain/study';
import { fixed, listed } from '../study/format';
import { missingInPair, type Missing } from '../study/missing';
import { provenanceNotes, scoredNote } from '../study/notes';
import { keptRows, plateContent, type PlateContent } from '../study/plate-content';
import { attackLabels, attackOf, chosenPair, regimeText, runLabel } from '../study/select';
import { meanSsim } from '../study/sweeps';
import { mediaUrl } from '../rpc';
import type { ChartTheme } from '../theme';
import { originColumns, originOf } from './lib/csv';
import type { DataTable, FigureDef } from './lib/figure';
import { base, regimeColour } from './lib/marks';
import { ruler, tileText, type Shape } from './lib/tiles';
import { sentences } from './lib/sentences';

function toOption(study: Study, options: FigureOptions, theme: ChartTheme): EChartsOption {
  const found = plateContent(study, options);
  if (!found || found.lines.length === 0) return base(theme);
  const { pair, attacks, lines } = found;
  const em = theme.fontSize;
  const canvas = theme.canvas ?? { width: 60 * em, height: 40 * em };
  const gap = 0.6 * em;
  const columns = attacks.length + 1;
  const width = (canvas.width - gap * (columns + 1)) / columns;
  const head = 1.7 * em;
  const foot = 2.6 * em;
  const height = (canvas.height - head) / lines.length - foot;
  const shapes: Shape[] = [];
  const at = (column: number): number => gap + column * (width + gap);
  const heading = (text: string, column: number): void => {
    shapes.push(...tileText(theme, text, at(column) + width / 2, 0.85 * em, width, 'center'));
  };
  heading('Original', 0);
  attacks.forEach((label, i) => heading(label, i + 1));
  lines.forEach(({ image, run, tiles }, i) => {
    const top = head + i * (height + foot);
    const picture = (column: number, url: string): { left: number; bottom: number } => {
      const box = fitted(image, at(column), top, width, height);
      shapes.push({ type: 'image', silent: true, style: { image: url, ...box } });
      return { left: box.x + box.width, bottom: box.y + box.height };
    };
    if (i % pair.runs.length === 0) {
      picture(0, mediaUrl('image', image.id));
      const middle = at(0) + width / 2;
      const text = `MOS ${fixed(image.mos, 1)}`;
      shapes.push(...tileText(theme, text, middle, top + height + 0.8 * em, width, 'center'));
    }
    tiles.forEach((tile, k) => {
      const left = at(k + 1);
      const middle = left + width / 2;
      if (!tile) {
        shapes.push(...tileText(theme, 'not kept', middle, top + height / 2, width, 'center'));
        return;
      }
      const { batch, row, after, ssim } = tile;
      const corner = picture(k + 1, mediaUrl('adversarial', `${batch.jobId}-${image.id}`));
      if (ssim !== null) {
        const text = fixed(ssim, 3);
        const wide = 0.54 * em * text.length;
        shapes.push({
          type: 'rect',
          silent: true,
          shape: {
            x: corner.left - wide,
            y: corner.bottom - 1.25 * em,
            width: wide,
            height: 1.25 * em,
          },
          style: { fill: theme.background },
        });
        const y = corner.bottom - 0.62 * em;
        shapes.push(...tileText(theme, text, corner.left - 0.2 * em, y, wide, 'right'));
      }
      const scores = `${fixed(row.clean, 1)} \u2192 ${fixed(after, 1)}`;
      const full = `${runLabel(run)}: ${scores}`;
      const fits = 0.46 * em * full.length <= width;
      shapes.push(
        ...tileText(theme, fits ? full : scores, middle, top + height + 0.8 * em, width, 'center'),
        ...ruler(theme, {
          left,
          width,
          y: top + height + 1.85 * em,
          mos: image.mos,
          before: row.clean,
          after,
          colour: regimeColour(run, theme),
        }),
      );
    });
  });
  return { ...base(theme), graphic: { elements: shapes } };
}

/** The largest place of a picture's proportions in a tile, standing on its lower edge. */
function fitted(
  image: StudyImage,
  left: number,
  top: number,
  width: number,
  height: number,
): { x: number; y: number; width: number; height: number } {
  const ratio = (image.width ?? 1) / (image.height ?? 1);
  const wide = Math.min(width, height * ratio);
  const high = wide / ratio;
  return { x: left + (width - wide) / 2, y: top + height - high, width: wide, height: high };
}

function toCsv(study: Study, options: FigureOptions): DataTable {
  const found = plateContent(study, options);
  return {
    columns: [
      'image',
      'mos_0_100',
      'run',
      'regime',
      'attack',
      'score_before_0_100',
      'score_after_0_100',
      'ssim',
      'linf_float',
      'linf_eight_bit',
      'scored',
      ...originColumns,
    ],
    rows: (found?.lines ?? []).flatMap(({ image, run, tiles }) =>
      tiles.flatMap((tile) =>
        tile
          ? [
              [
                image.name,
                image.mos,
                run.run.name,
                regimeText(run),
                tile.batch.label,
                tile.row.clean,
                tile.after,
                tile.ssim,
                tile.row.linfFloat,
                tile.row.linfEightBit,
                options.scored,
                ...originOf(run),
              ],
            ]
          : [],
      ),
    ),
  };
}

function needs(study: Study, options: FigureOptions): Missing[] {
  const pair = chosenPair(study, options);
  return missingInPair(study, options, (run) => {
    const labels = options.attack === undefined ? attackLabels(pair?.runs ?? []) : [options.attack];
    if (labels.some((label) => keptRows(run, label).length > 0)) return null;
    const stored = attackOf(run, labels[0] ?? null) ?? study.runs.flatMap((own) => own.attacks)[0];
    const which = options.attack === undefined ? '' : ` of ${options.attack}`;
    const attackId = stored?.spec.attackId ?? 'fgsm';
    return {
      action: 'attack',
      runId: run.run.id,
      reason: `${runLabel(run)} has no attacked pictures${which} that were kept.`,
      attacks: [{ attackId, params: stored?.spec.params ?? {}, run: { keepImages: 'all' } }],
    };
  });
}

/** "a.png: HyperIQA 62.9 to 9.6, HyperIQA +NT 62.1 to 38.8" for every picture. */
function changes({ lines, images }: PlateContent): string {
  return images
    .map((image) => {
      const own = lines
        .filter((line) => line.image === image)
        .flatMap(({ run, tiles }) => {
          const tile = tiles.findLast((each) => each !== null);
          if (!tile) return [];
          return [`${runLabel(run)} ${fixed(tile.row.clean, 1)} to ${fixed(tile.after, 1)}`];
        });
      return `${image.name} (MOS ${fixed(image.mos, 1)}): ${own.join(', ')}`;
    })
    .join('; ');
}

const figure: FigureDef = {
  id: 'plate',
  title: 'Attacked pictures',
  paper: 'Figs. 2 and S13\u2013S15',
  size: { widthIn: 6.875, heightIn: 7.5 },
  choices: ['pairId', 'attack', 'scored', 'imageIds'],
  needs,
  toOption,
  toCsv,
  caption(study, options) {
    const found = plateContent(study, options);
    if (!found || found.lines.length === 0) return '';
    const { pair, attacks } = found;
    const first = found.lines[0]?.tiles.find((tile) => tile !== null);
    const variant = first && meanSsim(first.batch)?.variant;
    return sentences([
      `Scores before and after ${attacks.at(-1) ?? 'the attack'}: ${changes(found)}.`,
      `Original and attacked pictures as saved in 8 bit (columns: ${listed(attacks)}; rows: ${listed(pair.runs.map(runLabel))}).`,
      'Below each the score before and after, and on a scale of 0 to 100 MOS (tick), before (hollow)',
      `and after (filled)${variant === undefined ? '' : `; in the corner ${variant} with the original`}.`,
      options.imageIds && options.imageIds.length > 0
        ? null
        : 'Pictures: of MOS 50 and more, and of less, those whose score moved most on the baseline.',
      scoredNote(options.scored),
      ...provenanceNotes(study, pair.runs),
    ]);
  },
  summary(study, options) {
    const found = plateContent(study, options);
    if (!found) return 'No run is chosen.';
    if (found.lines.length === 0) return 'No attacked picture was kept.';
    return `Plate of ${found.images.length} pictures, original and attacked. ${changes(found)}.`;
  },
};

export default figure;
