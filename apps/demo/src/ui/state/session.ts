import { effect, type Signal, signal } from '@preact/signals';
import type { Picture, TaskName, Waveform } from 'visual-echoes';
import { Player } from '../../media/player.js';
import { fromHash, toHash } from '../../share/link.js';
import type { EngineName, GenerateRequest, ModelInfo } from '../../studio/protocol.js';
import type { Studio } from '../../studio/studio.js';
import { StudioError } from '../../studio/studio-error.js';
import { ENGINES } from '../engines.js';
import type { AboutModel } from '../models/about-model.js';
import { taskOfHash } from '../route.js';
import { TASK_NAMES, TASKS } from '../tasks.js';
import { abortable } from './abortable.js';
import { allFields, knownFields } from './canvases.js';
import { Given } from './given.js';
import { type Look, Run } from './run.js';
import { Settings } from './settings.js';

/** All that the page knows: what is given, how it is sampled, what is under way and what has come of it. */
export class Session {
  readonly task = signal<TaskName>(taskOfHash(location.hash) ?? 'imageToAudio');
  /** What the model is; stays over its restarts. */
  readonly model = signal<ModelInfo | undefined>(undefined);
  readonly given: Given;
  readonly settings = new Settings();
  /** The latest generation of each task. */
  readonly runs = Object.fromEntries(
    TASK_NAMES.map((task) => [task, signal<Run | undefined>(undefined)]),
  ) as Record<TaskName, Signal<Run | undefined>>;
  readonly busy = signal<TaskName | undefined>(undefined);
  /** The engine that the visitor insists on. */
  readonly engine = signal<EngineName | undefined>(undefined);
  /** What went wrong, and what helps. */
  readonly notice = signal<string | undefined>(undefined);
  /** What the address has after `#` where it shares what this model cannot open; another may. */
  readonly unopened = signal<string | undefined>(undefined);
  /** For screen readers: what happened last. */
  readonly news = signal('');
  readonly player = new Player();
  private readonly played = signal<Waveform | undefined>(undefined);
  private cancelling = new AbortController();

  constructor(
    readonly studio: Studio,
    readonly about: AboutModel,
  ) {
    this.given = new Given(studio, this.model, this.task, about);
    effect(() => {
      const state = studio.state.value;
      if (state.phase === 'ready') this.model.value = state.model;
      if (state.phase === 'failed') this.cope(state.message);
    });
    effect(() => {
      const notice = studio.notice.value;
      if (notice) this.notice.value = notice.message;
    });
    addEventListener('hashchange', () => this.followAddress());
    this.attempt(async () => {
      await this.given.layOut();
      await this.openShared();
    });
  }

  go(task: TaskName): void {
    location.hash = TASKS[task].slug;
  }

  /** Fills in what the task lacks, and lets it be heard. */
  async generate(): Promise<void> {
    const task = this.task.value;
    await this.whileBusy(task, async (signal) => {
      const start = await this.given.look(task, signal);
      const { controls, count } = this.settings;
      const request: GenerateRequest = {
        task,
        canvas: knownFields(start.tokens),
        controls: controls[task].value,
        seed: this.settings.nextSeed(),
        count: count.value,
      };
      const run = await this.follow(request, start, signal);
      if (task !== 'audioToImage' && this.task.value === task) this.play(run.results.value![0].sound);
    });
  }

  /** Goes on with another engine; undefined for the fastest that works. */
  useEngine(engine: EngineName | undefined): void {
    this.engine.value = engine;
    this.notice.value = undefined;
    this.studio.use(engine);
  }

  cancel(): void {
    this.cancelling.abort();
  }

  /** Plays a sound from its start, or stops it. */
  toggle(sound: Waveform): void {
    if (this.isPlaying(sound)) this.player.stop();
    else this.play(sound);
  }

  isPlaying(sound: Waveform): boolean {
    return this.player.playing.value && this.played.value === sound;
  }

  /** A picture that was opened, dropped, pasted or taken. */
  async takePicture(picture: Picture): Promise<void> {
    const task = this.task.value === 'complete' ? 'complete' : 'imageToAudio';
    this.go(task); // first, as the visitor may go on meanwhile
    await this.given.setPicture(task, picture, 'photo');
  }

  /** A sound that was opened, dropped, pasted or recorded. */
  async takeSound(sound: Waveform): Promise<void> {
    const task = this.task.value === 'complete' ? 'complete' : 'audioToImage';
    this.go(task);
    await this.given.setSound(task, sound);
  }

  /** The address that gives a run's results again. */
  linkTo({ request }: Run): string {
    return new URL(toHash(request, this.model.value!), location.href).href;
  }

  /** Does what a button asks, and says what went wrong. */
  attempt(work: () => Promise<void>): void {
    work().catch((error) => this.complain(error));
  }

  /** Says what could not be done. */
  complain(error: unknown): void {
    if (error instanceof StudioError && error.code === 'cancelled') return;
    this.notice.value = error instanceof Error ? error.message : String(error);
  }

  /** An engine that was asked for and cannot be had is none to insist on. */
  private cope(message: string): void {
    const engine = this.engine.peek();
    this.notice.value = engine
      ? `${ENGINES[engine]} cannot be used here. The fastest that works runs instead.`
      : message;
    if (engine) queueMicrotask(() => this.studio.use(undefined)); // once the failure has been told to all
    this.engine.value = undefined;
  }

  private play(sound: Waveform): void {
    this.played.value = sound;
    this.attempt(() => this.player.play(sound));
  }

  private followAddress(): void {
    const task = location.hash ? taskOfHash(location.hash) : 'imageToAudio';
    if (task) this.task.value = task;
    this.attempt(() => this.openShared());
  }

  /** Makes again what the address shares. */
  private async openShared(): Promise<void> {
    const model = this.model.value;
    if (!model) return;
    this.unopened.value = location.hash;
    const shared = fromHash(location.hash, model);
    this.unopened.value = undefined;
    if (!shared) return;
    const { task, controls, seed, count } = shared;
    const canvas = knownFields(shared.canvas);
    this.task.value = task;
    this.settings.take(task, { controls, seed, count });
    await this.whileBusy(task, async (signal) => {
      const start = await this.studio.view(allFields(canvas, model), { signal });
      if (task === 'imageToAudio')
        this.given.sketch.add({ kind: this.about.sheet.kind, picture: start.picture });
      if (task === 'coGenerate') {
        this.given.label.value = canvas.label?.[0];
        this.given.voice.value = canvas.voice?.[0];
      }
      const isAsBefore = this.given.watch(task);
      const run = await this.follow({ task, canvas, controls, seed, count }, start, signal);
      if (isAsBefore()) this.given.putBack(task, canvas, run.results.value![0]);
    });
  }

  /** One thing at a time: what was under way is cancelled, and what goes wrong is said. */
  private async whileBusy(task: TaskName, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    this.cancel();
    this.player.stop();
    const cancelling = new AbortController();
    this.cancelling = cancelling;
    this.busy.value = task;
    this.notice.value = undefined;
    this.news.value = `${TASKS[task].busy}.`;
    const run = this.runs[task].value;
    const before = run?.results.value && run; // not what has just been cancelled
    try {
      await work(cancelling.signal);
      const names = this.runs[task].value?.results.value?.map(({ label }) => label).join(', ');
      this.news.value = `Done${names ? `: ${names}` : ''}.`;
    } catch (error) {
      // Where another has taken its place, that is what is shown.
      if (this.cancelling === cancelling || this.busy.value !== task) this.runs[task].value = before;
      this.news.value = 'Stopped.';
      this.complain(error);
    } finally {
      if (this.cancelling === cancelling) {
        this.busy.value = undefined;
        void this.runs[task].value?.completeAll(() => this.cancelling !== cancelling);
      }
    }
  }

  /** Generates, and shows each step. */
  private async follow(request: GenerateRequest, start: Look, signal: AbortSignal): Promise<Run> {
    const run = new Run(request, start, this.studio);
    this.runs[request.task].value = run;
    const results = await this.studio.generate(request, { onStep: (report) => run.hear(report), signal });
    await abortable(run.finish(results), signal);
    return run;
  }
}
