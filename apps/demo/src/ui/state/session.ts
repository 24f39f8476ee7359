import { computed, effect, signal, untracked } from '@preact/signals';
import type { Picture, TaskName, Waveform } from 'visual-echoes';
import { Player } from '../../media/player.js';
import { fromHash, toHash } from '../../share/link.js';
import type { ModelInfo, Tokens, View } from '../../studio/protocol.js';
import type { Studio } from '../../studio/studio.js';
import { StudioError } from '../../studio/studio-error.js';
import { taskOfHash } from '../route.js';
import { pictureOf, SAMPLE_PICTURES, SAMPLE_SOUNDS, soundOf } from '../samples.js';
import { TASK_NAMES, TASKS } from '../tasks.js';
import { Damage } from './damage.js';
import { type Look, Run } from './run.js';
import { Settings } from './settings.js';
import { Sketch } from './sketch.js';
import { sketchPicture } from './sketch-picture.js';

/** Milliseconds that a drawing rests before it is shown as the model sees it. */
const PREVIEW_DELAY = 150;

const perTask = <T>(make: () => T) =>
  Object.fromEntries(TASK_NAMES.map((task) => [task, make()])) as Record<TaskName, T>;

/** All that the page knows: what is given, how it is sampled, what is under way and what has come of it. */
export class Session {
  readonly task = signal<TaskName>(taskOfHash(location.hash) ?? 'imageToAudio');
  readonly sketch = new Sketch();
  readonly speech = signal<Waveform | undefined>(undefined);
  /** Wishes for a dream, by number; undefined for any. */
  readonly label = signal<number | undefined>(undefined);
  readonly voice = signal<number | undefined>(undefined);
  readonly damage = new Damage();
  readonly settings = new Settings();

  /** What the model is; stays over its restarts. */
  readonly model = signal<ModelInfo | undefined>(undefined);
  readonly runs = perTask(() => signal<Run | undefined>(undefined));
  /** What is given of each task, as the model sees it. */
  readonly previews = perTask(() => signal<Look>({ tokens: {} }));
  readonly busy = signal<TaskName | undefined>(undefined);
  /** What went wrong, or right, in words. */
  readonly notice = signal<string | undefined>(undefined);
  /** For screen readers: what happened last. */
  readonly news = signal('');

  readonly player = new Player();
  readonly playing = signal<Waveform | undefined>(undefined);

  readonly drawing = computed(() => sketchPicture(this.sketch.visible.value));
  private readonly views = new WeakMap<Picture | Waveform, Promise<View>>();
  private cancelling = new AbortController();

  constructor(readonly studio: Studio) {
    effect(() => {
      const state = studio.state.value;
      if (state.phase === 'ready') this.model.value = state.model;
      if (state.phase === 'failed') this.notice.value = state.message;
    });
    effect(() => {
      const notice = studio.notice.value;
      if (notice) this.notice.value = notice.message;
    });
    effect(() => this.preview(this.task.value));
    addEventListener('hashchange', () => this.followAddress());
    void this.begin();
  }

  /** Columns and rows of a field; those of the digits until the model is there. */
  grid(field: 'image' | 'audio'): readonly [rows: number, columns: number] {
    return this.model.value?.fields.find(({ name }) => name === field)?.grid ?? [8, 8];
  }

  /** Fills in what the task lacks. */
  async generate(): Promise<void> {
    const task = this.task.value;
    await this.whileBusy(task, async (signal) => {
      const start = await this.given(task, signal);
      const { settings } = this;
      const run = new Run(
        {
          task,
          canvas: knownFields(start.tokens),
          controls: settings.controls[task].value,
          seed: settings.nextSeed(),
          count: settings.count.value,
        },
        start,
        this.studio,
      );
      await this.follow(run, signal);
      if (task !== 'audioToImage') this.play(run.results.value![0].sound);
    });
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
    return this.player.playing.value && this.playing.value === sound;
  }

  /** Says what could not be done. */
  complain(error: unknown): void {
    if (error instanceof StudioError && error.code === 'cancelled') return;
    if (!(error instanceof Error)) throw error;
    this.notice.value = error.message;
  }

  /** Does what a button asks, and says what went wrong. */
  attempt(work: () => Promise<void>): void {
    work().catch((error) => this.complain(error));
  }

  go(task: TaskName): void {
    location.hash = TASKS[task].slug;
  }

  /** A picture that was opened, dropped, pasted or taken. */
  async takePicture(picture: Picture): Promise<void> {
    if (this.task.value === 'complete') {
      const { tokens, picture: seen } = await this.encode(picture);
      this.damage.setPicture({ tokens: tokens.image, picture: seen });
    } else {
      this.sketch.add({ kind: 'photo', picture });
      this.go('imageToAudio');
    }
  }

  /** A sound that was opened, dropped, pasted or recorded. */
  async takeSound(sound: Waveform): Promise<void> {
    const { tokens, mel } = await this.encode(sound); // so that silence is complained about now
    if (this.task.value === 'complete') this.damage.setSound({ tokens: tokens.audio, mel, sound });
    else {
      this.speech.value = sound;
      this.go('audioToImage');
    }
  }

  /** The address that gives a run's results again. */
  linkTo({ request }: Run): string {
    const hash = toHash(request, this.model.value!);
    return new URL(hash, location.href).href;
  }

  private play(sound: Waveform): void {
    this.playing.value = sound;
    this.attempt(() => this.player.play(sound));
  }

  /** Samples on all sheets, so that every task works at the first click; or what a link shares. */
  private async begin(): Promise<void> {
    try {
      const seven = SAMPLE_PICTURES[7];
      const [picture, sound] = await Promise.all([pictureOf(seven), soundOf(SAMPLE_SOUNDS[0])]);
      if (!this.sketch.canUndo.value) this.sketch.add({ kind: 'ink', picture });
      this.speech.value ??= sound;
      const [seen, heard] = await Promise.all([this.encode(picture), this.encode(sound)]);
      if (!this.damage.picture.value && !this.damage.sound.value) {
        this.damage.setPicture({ tokens: seen.tokens.image, picture: seen.picture });
        this.damage.setSound({ tokens: heard.tokens.audio, mel: heard.mel, sound });
        const [rows, columns] = this.grid('image');
        this.damage.cells.value = lowerHalf(rows, columns);
      }
    } catch (error) {
      this.complain(error);
    }
    await this.openShared();
  }

  private followAddress(): void {
    const task = location.hash ? taskOfHash(location.hash) : 'imageToAudio';
    if (task) this.task.value = task;
    void this.openShared();
  }

  /** Makes again what the address shares. */
  private async openShared(): Promise<void> {
    const model = this.model.value;
    if (!model) return;
    try {
      const shared = fromHash(location.hash, model);
      if (!shared) return;
      const { task, controls, seed, count } = shared;
      this.task.value = task;
      this.settings.controls[task].value = controls;
      this.settings.seed.value = seed;
      this.settings.count.value = count;
      const canvas = knownFields(shared.canvas);
      await this.whileBusy(task, async (signal) => {
        const start = await this.studio.view(allFields(canvas, model), { signal });
        this.putBack(task, start, canvas);
        await this.follow(new Run({ task, canvas, controls, seed, count }, start, this.studio), signal);
      });
    } catch (error) {
      this.complain(error);
    }
  }

  /** Lays out what a link shares as what is given. */
  private putBack(task: TaskName, { picture }: View, canvas: Tokens): void {
    if (task === 'imageToAudio') this.sketch.add({ kind: 'ink', picture });
    if (task === 'coGenerate') {
      this.label.value = canvas.label?.[0];
      this.voice.value = canvas.voice?.[0];
    }
  }

  /** One thing at a time: what was under way is cancelled, and what goes wrong is said. */
  private async whileBusy(task: TaskName, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    this.cancel();
    this.player.stop();
    const cancelling = new AbortController();
    this.cancelling = cancelling;
    this.busy.value = task;
    this.notice.value = undefined;
    const run = this.runs[task].value;
    const before = run?.results.value && run; // not what has just been cancelled
    this.news.value = `${TASKS[task].busy}.`;
    try {
      await work(cancelling.signal);
      this.news.value = `Done. ${outcome(this.runs[task].value)}`;
    } catch (error) {
      // Where another has taken its place, that is what is shown.
      if (this.cancelling === cancelling || this.busy.value !== task) this.runs[task].value = before;
      this.news.value = 'Stopped.';
      this.complain(error);
    } finally {
      if (this.cancelling === cancelling) this.busy.value = undefined;
    }
  }

  private async follow(run: Run, signal: AbortSignal): Promise<void> {
    this.runs[run.request.task].value = run;
    const results = await this.studio.generate(run.request, { onStep: (report) => run.hear(report), signal });
    await abortable(run.finish(results), signal);
  }

  /** What the task is given, as the model sees it. @throws StudioError for what cannot be used or is not there. */
  private async given(task: TaskName, signal?: AbortSignal): Promise<Look> {
    if (task === 'imageToAudio') {
      const picture = this.drawing.value;
      if (!picture)
        throw new StudioError('invalid-input', 'The sheet is empty. Draw a digit, or take a sample.');
      const { tokens, picture: seen } = await abortable(this.encode(picture), signal);
      return { tokens: { image: tokens.image }, picture: seen };
    }
    if (task === 'audioToImage') {
      const sound = this.speech.value;
      if (!sound)
        throw new StudioError('invalid-input', 'There is no sound yet. Record one, or take a sample.');
      const { tokens, mel } = await abortable(this.encode(sound), signal);
      return { tokens: { audio: tokens.audio }, mel };
    }
    if (task === 'coGenerate') {
      const [label, voice] = [this.label.value, this.voice.value];
      return {
        tokens: {
          ...(label !== undefined && { label: Int32Array.of(label) }),
          ...(voice !== undefined && { voice: Int32Array.of(voice) }),
        },
      };
    }
    if (!this.damage.isMissing.value) {
      throw new StudioError(
        'invalid-input',
        'Nothing is missing. Rub out a part of the picture or of the sound first.',
      );
    }
    const canvas = this.damage.canvas(this.grid('audio')[1]);
    const model = this.model.value;
    if (!model) return { tokens: canvas }; // the preview before the model is there
    const { picture, mel } = await this.studio.view(allFields(canvas, model), signal && { signal });
    return { tokens: canvas, picture, mel };
  }

  /** Shows what is given as the model sees it, once it is there and rests. */
  private preview(task: TaskName): () => void {
    const stopped = new AbortController();
    const isSettled = [
      this.drawing.value,
      this.speech.value,
      this.label.value,
      this.voice.value,
      this.damage.picture.value,
      this.damage.sound.value,
      this.damage.cells.value,
      this.damage.columns.value,
      this.model.value,
    ]; // read, so that each change shows
    const timer = setTimeout(async () => {
      if (!this.model.value || isSettled.length === 0) return;
      const look = await untracked(() => this.given(task)).catch((): Look => ({ tokens: {} }));
      if (!stopped.signal.aborted) this.previews[task].value = look;
    }, PREVIEW_DELAY);
    return () => {
      clearTimeout(timer);
      stopped.abort();
    };
  }

  /** Encodes a medium once. */
  private encode(medium: Picture | Waveform): Promise<View> {
    const known = this.views.get(medium);
    if (known) return known;
    const view = this.studio.encode('width' in medium ? { picture: medium } : { sound: medium });
    this.views.set(medium, view);
    view.catch(() => this.views.delete(medium));
    return view;
  }
}

/** The fields of which something is known. */
function knownFields(tokens: Tokens): Tokens {
  return Object.fromEntries(Object.entries(tokens).filter(([, field]) => field.some((token) => token >= 0)));
}

/** A canvas with the fields that are missing, unknown. */
function allFields(tokens: Tokens, { fields }: ModelInfo): Tokens {
  return Object.fromEntries(
    fields.map(({ name, grid: [rows, columns] }) => [
      name,
      tokens[name] ?? new Int32Array(rows * columns).fill(-1),
    ]),
  );
}

function lowerHalf(rows: number, columns: number): ReadonlySet<number> {
  const from = Math.ceil(rows / 2) * columns;
  return new Set(Array.from({ length: rows * columns - from }, (_, at) => from + at));
}

function outcome(run: Run | undefined): string {
  const names = run?.results.value?.map(({ label }) => label).filter(Boolean) ?? [];
  return names.length ? `It is ${names.join(', ')}.` : '';
}

/** A promise that an abort ends. */
function abortable<T>(promise: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const abort = () => reject(new StudioError('cancelled', 'Cancelled.'));
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject);
  });
}
