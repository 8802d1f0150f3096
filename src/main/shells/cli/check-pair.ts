import type { Preflight } from '@shared/domain/preflight';
import { LabError } from '@shared/errors';
import { durationText, sizeText } from '@shared/study/amounts';
import type { PairDraft } from '@shared/rpc';
import { kindName } from '@shared/twin';
import { columns } from './columns';
import type { Session } from './session';

/**
 * Prints what a training would take and what stands in its way, and starts nothing.
 * @throws LabError the first thing that stands in the way
 */
export async function checkOnly(
  { lab, terminal, progress, command }: Session,
  draft: PairDraft,
  repeats: number,
): Promise<void> {
  progress.start('checking');
  const end = lab.on('pair.checking', ({ phase }) =>
    progress.update({ done: 0, total: 1, unit: 'trials', phase, leftMs: null }),
  );
  let found: Preflight;
  try {
    found = await lab.call('pair.check', { draft, repeats });
  } finally {
    end();
    progress.abandon();
  }
  for (const line of preflightLines(found, kindName(draft.twin ?? 'nt'))) terminal.out(line);
  const first = found.findings.find(({ kind }) => kind === 'stop');
  if (first) throw new LabError(first.error);
  terminal.note(
    `Nothing was started. Start with the same words without --check: ${command('train')}`,
  );
}

/**
 * The report as lines for a terminal.
 *
 * @param twin what the twin is called: "+NT"
 */
export function preflightLines({ findings, measured, offers }: Preflight, twin: string): string[] {
  const lines: string[] = [];
  if (measured) {
    const { trial, totalMs, peakBytes, availableBytes, diskBytes, freeDiskBytes, engine } =
      measured;
    const rows = trial.twins.flatMap(({ regime, stages, peakBytes: peak }) =>
      stages.map(({ title, epochs, stepMs }) => [
        regime === 'nt' ? twin : 'baseline',
        title,
        `${epochs} x ${trial.stepsPerEpoch}`,
        durationText(stepMs),
        sizeText(peak),
      ]),
    );
    lines.push(
      ...columns(['twin', 'stage', 'epochs x steps', 'one step', 'peak memory'], rows, 120),
      `Time    about ${durationText(totalMs)}, on engine ${engine} as busy as it is now`,
      `Memory  ${sizeText(peakBytes)} at most; ${sizeText(availableBytes)} are free`,
      `Disk    ${sizeText(diskBytes)}; ${sizeText(freeDiskBytes)} are free`,
    );
  }
  for (const { kind, error } of findings) {
    lines.push(
      `${kind === 'stop' ? 'STOP' : 'Note'}    ${error.message}${error.next ? `. ${error.next}` : ''}`,
    );
  }
  for (const offer of offers) {
    const set = Object.entries(offer.trainer).map(([id, value]) => `--set trainer.${id}=${value}`);
    lines.push(
      `Offer   ${offer.title}: ${sizeText(offer.peakBytes)}${offer.fits ? '' : ', still too much'}, ` +
        `about ${durationText(offer.totalMs)}. ${offer.consequence} ${set.join(' ')}`,
    );
  }
  return lines;
}
