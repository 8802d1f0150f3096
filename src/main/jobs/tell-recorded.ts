import type { EventHub } from '../events';
import type { JobRecord } from '../db/jobs';
import type { RecordMessage } from './recorder';

/** Passes on as events what has just been stored; never before. */
export function tellRecorded(events: EventHub, job: JobRecord, message: RecordMessage): void {
  switch (message.type) {
    case 'steps':
      events.emit('run.steps', { id: job.runId, steps: [...message.steps] });
      return;
    case 'epoch':
      events.emit('run.epoch', { id: job.runId, epoch: message.epoch });
      return;
    case 'scores':
    case 'attacks':
    case 'norms':
      events.emit('job.rows', { id: job.id, runId: job.runId, rows: message.rows.length });
      return;
    case 'warning':
      events.emit('warning.raised', { jobId: job.id, warning: message.warning });
      return;
    case 'checkpoint':
      return;
  }
}
