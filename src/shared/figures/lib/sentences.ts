import { runTwinName } from '../../twin';
import type { Study } from '../../domain/study';
import { fixed, listed } from '../../study/format';
import { runLabel, type StudyPair } from '../../study/select';
import type { Density } from '../../stats/kde';
import type { Measured } from '../../stats/measured';

/**
 * The takeaway of a pair in one sentence, with its direction read off the numbers: "NT lowers the
 * mean change from 12.3 to 4.1 score points (-67 %)." Null without two defined values.
 */
export function takeaway(
  what: string,
  unit: string,
  pair: StudyPair,
  values: readonly Measured[],
  digits: number,
): string | null {
  const [before, after] = values;
  const adds = pair.runs.map(({ run }) => runTwinName(run)).find(Boolean) ?? '+NT';
  const name = adds.slice(1);
  if (pair.runs.length !== 2 || before?.value == null || after?.value == null) return null;
  const from = fixed(before.value, digits);
  const to = fixed(after.value, digits);
  const tail = unit === '' ? '' : ` ${unit}`;
  if (from === to) return `${name} leaves ${what} at ${from}${tail}.`;
  const verb = after.value < before.value ? 'lowers' : 'raises';
  // A percentage of a correlation means nothing.
  const share = unit !== '' && before.value > 0 ? 100 * (after.value / before.value - 1) : null;
  const change =
    share === null
      ? ''
      : ` (${share > 0 ? '+' : ''}${fixed(share, Math.abs(share) < 10 ? 1 : 0)} %)`;
  return `${name} ${verb} ${what} from ${from} to ${to}${tail}${change}.`;
}

/** "CNNIQA 1.23, CNNIQA +NT 0.45": one value per run. */
export function perRun(pair: StudyPair, values: readonly string[]): string {
  return pair.runs.map((run, i) => `${runLabel(run)} ${values[i] ?? ''}`.trim()).join(', ');
}

/** "hollow: CNNIQA, filled: CNNIQA +NT". */
export function markerKey(pair: StudyPair): string {
  const parts = pair.runs.map((run) =>
    run.run.regime === 'nt' ? `filled: ${runLabel(run)}` : `hollow: ${runLabel(run)}`,
  );
  return parts.join(', ');
}

/** Bandwidths of the densities that exist, for a caption; null when there is none. */
export function bandwidthNote(
  what: string,
  pair: StudyPair,
  densities: readonly (Density | null)[],
  unit: string,
): string | null {
  const parts = densities.flatMap((density, i) => {
    const run = pair.runs[i];
    return density && run ? [`${fixed(density.bandwidth, 2)} (${runLabel(run)})`] : [];
  });
  if (parts.length === 0) return null;
  return `${what}: Gaussian kernel density, Silverman bandwidth ${listed(parts)} ${unit}.`;
}

/** "Validation" with a capital, for the start of a title. */
export function sideName(study: Study): string {
  const { side } = study.selection;
  return side.charAt(0).toUpperCase() + side.slice(1);
}

/** Joins the sentences that exist. */
export function sentences(parts: readonly (string | null)[]): string {
  return parts.filter((part) => part !== null && part !== '').join(' ');
}
