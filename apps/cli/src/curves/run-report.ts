import { join } from 'node:path';
import type { TrainingProgress } from '@visual-echoes/core/training';
import type { EventPicture } from './event.js';
import { EVENT_FILE, EventFile } from './event-file.js';
import { LiveCurves, type Screen } from './live-curves.js';
import { LogFile, type LogLine } from './log-file.js';

export interface RunReportOptions {
  /** The run's folder. */
  out: string;
  /** How often a step is reported; every ten. */
  every?: number | undefined;
  screen?: Screen & { readonly isTTY?: boolean };
}

/**
 * Tells how a training goes: on a terminal as curves that are drawn over themselves, elsewhere line by line, in
 * `log.jsonl`, and in a file of events for TensorBoard. A run that goes on continues them, each step once.
 */
export class RunReport {
  private readonly every: number;
  private readonly log: LogFile;
  private readonly events: EventFile;
  private readonly screen: Screen;
  private readonly curves?: LiveCurves;

  constructor({ out, every = 10, screen = process.stderr }: RunReportOptions) {
    this.every = every;
    this.log = new LogFile(join(out, 'log.jsonl'));
    this.events = new EventFile(join(out, EVENT_FILE));
    this.screen = screen;
    if (screen.isTTY) this.curves = new LiveCurves(screen);
  }

  /** Begins, or goes on after a step. @throws FileAccessError */
  async start(after: number): Promise<void> {
    const lines = await this.log.goOnAfter(after);
    this.events.goOnAfter(after);
    for (const line of lines) this.curves?.add(figuresOf(line));
  }

  /** Reports a training step, where it is one of those to report. */
  progress(progress: TrainingProgress): void {
    const { step, steps, loss, metrics, learningRate, gradientNorm, milliseconds, dataMilliseconds } =
      progress;
    if (step % this.every !== 0 && step !== steps) return;
    const measured = { milliseconds, dataMilliseconds, megabytes: megabytes() };
    const line = { step, loss, ...metrics, learningRate, gradientNorm, ...measured };
    this.log.append(line);
    this.events.append({ step, wallTime: now(), scalars: tagged('train', withoutStep(line)) });
    const data = dataMilliseconds === undefined ? '' : `, data ${Number(dataMilliseconds.toPrecision(2))} ms`;
    const time = `${Math.round(milliseconds)} ms${data}`;
    if (this.curves) {
      this.curves.add(figuresOf(line));
      this.curves.draw(`step ${step}/${steps}, ${time}`);
      return;
    }
    const norm: Record<string, number> = gradientNorm === undefined ? {} : { 'gradient norm': gradientNorm };
    this.say(`step ${step}/${steps}: ${inWords({ loss, ...metrics, ...norm })} (${time})`);
  }

  /** Reports figures on data that is not trained on. */
  validation(step: number, figures: Record<string, number>): void {
    this.log.append({ step, validation: figures });
    this.events.append({ step, wallTime: now(), scalars: tagged('validation', figures) });
    this.curves?.add(figuresOf({ step, validation: figures }));
    if (this.curves) this.curves.draw();
    else this.say(`validation at step ${step}: ${inWords(figures)}`);
  }

  /** Adds pictures to the events. */
  pictures(step: number, pictures: Record<string, EventPicture>): void {
    this.events.append({ step, wallTime: now(), pictures: tagged('samples', pictures) });
  }

  /** Prints a line, above the curves where there are any. */
  say(line: string): void {
    if (this.curves) this.curves.print(line);
    else this.screen.write(`${line}\n`);
  }
}

/** Of main memory that the process has. */
const megabytes = () => Math.round(process.memoryUsage.rss() / 1e6);

const now = () => Date.now() / 1000;

const tagged = <T>(group: string, values: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`${group}/${name}`, value]));

const isNumber = (entry: [string, unknown]): entry is [string, number] => typeof entry[1] === 'number';

const withoutStep = ({ step: _, ...figures }: LogLine): Record<string, number> =>
  Object.fromEntries(Object.entries(figures).filter(isNumber));

/** What the curves show of a line. */
function figuresOf(line: LogLine): Record<string, number> {
  if (line['validation']) return tagged('validation', line['validation'] as Record<string, number>);
  const measured = ['milliseconds', 'dataMilliseconds', 'megabytes', 'learningRate'];
  return Object.fromEntries(Object.entries(withoutStep(line)).filter(([name]) => !measured.includes(name)));
}

const inWords = (figures: Record<string, number>) =>
  Object.entries(figures)
    .map(([name, value]) => `${name} ${Number(value.toPrecision(4))}`)
    .join(', ');
