import { appendFileSync, existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { fileAccessError } from '@visual-echoes/core/node';
import { type CurveEvent, encodeEvent, encodeFileVersion, stepOf } from './event.js';
import { readTfRecords, tfRecord } from './tf-record.js';

/** TensorBoard takes every file whose name holds `tfevents`. */
export const EVENT_FILE = 'events.out.tfevents.visual-echoes';

/**
 * A file of events that TensorBoard draws curves of. One file serves a run and its continuations.
 *
 * @example
 * const events = new EventFile('runs/transformer/events.out.tfevents.visual-echoes');
 * events.goOnAfter(120); // points of later steps are drawn anew
 * events.append({ step: 121, wallTime: Date.now() / 1000, scalars: { 'train/loss': 5.3 } });
 */
export class EventFile {
  private readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** Makes the file, or cuts off the events of steps after `step` and what a killed run left half-written. */
  goOnAfter(step: number): void {
    try {
      if (!existsSync(this.path)) {
        writeFileSync(this.path, tfRecord(encodeFileVersion(Date.now() / 1000)));
        return;
      }
      let end = 0;
      for (const { at, data } of readTfRecords(readFileSync(this.path))) {
        if (stepOf(data) > step) break;
        end = at + data.length + 16;
      }
      truncateSync(this.path, end);
      if (end === 0) appendFileSync(this.path, tfRecord(encodeFileVersion(Date.now() / 1000)));
    } catch (cause) {
      throw fileAccessError('write', this.path, cause);
    }
  }

  /** @throws FileAccessError */
  append(event: CurveEvent): void {
    try {
      appendFileSync(this.path, tfRecord(encodeEvent(event)));
    } catch (cause) {
      throw fileAccessError('write', this.path, cause);
    }
  }
}
