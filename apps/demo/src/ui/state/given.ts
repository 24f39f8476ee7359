import { computed, effect, type ReadonlySignal, type Signal, signal, untracked } from '@preact/signals';
import type { Picture, TaskName, Waveform } from 'visual-echoes';
import type { Generated, ModelInfo, Tokens, View } from '../../studio/protocol.js';
import type { Studio } from '../../studio/studio.js';
import { StudioError } from '../../studio/studio-error.js';
import type { AboutModel } from '../models/about-model.js';
import { pictureOf, soundOf } from '../samples.js';
import { TASK_NAMES } from '../tasks.js';
import { abortable } from './abortable.js';
import { allFields } from './canvases.js';
import { Damage } from './damage.js';
import type { Look } from './run.js';
import { Sketch } from './sketch.js';
import { sketchPicture } from './sketch-picture.js';

/** Milliseconds that a drawing rests before it is shown as the model sees it. */
const PREVIEW_DELAY = 150;

/** What the visitor gives, of every task. */
export class Given {
  readonly sketch = new Sketch();
  readonly drawing = computed(() => sketchPicture(this.sketch.visible.value, this.about.sheet));
  readonly speech = signal<Waveform | undefined>(undefined);
  /** Wishes for a dream, by number; undefined for any. */
  readonly label = signal<number | undefined>(undefined);
  readonly voice = signal<number | undefined>(undefined);
  readonly damage = new Damage();
  /** As the model sees it; nothing where there is nothing that it could use. */
  readonly previews = Object.fromEntries(
    TASK_NAMES.map((task) => [task, signal<Look>({ tokens: {} })]),
  ) as Record<TaskName, Signal<Look>>;
  /** What the visitor changes of each task. */
  private readonly sheets: Record<TaskName, readonly ReadonlySignal<unknown>[]> = {
    imageToAudio: [this.drawing],
    audioToImage: [this.speech],
    coGenerate: [this.label, this.voice],
    complete: [this.damage.picture, this.damage.sound, this.damage.cells, this.damage.columns],
  };
  private samples: Promise<unknown> = Promise.resolve();
  private laidOut: Promise<unknown> = Promise.resolve();
  private readonly views = new WeakMap<Picture | Waveform, Promise<View>>();

  constructor(
    private readonly studio: Pick<Studio, 'encode' | 'view'>,
    private readonly model: ReadonlySignal<ModelInfo | undefined>,
    task: ReadonlySignal<TaskName>,
    private readonly about: AboutModel,
  ) {
    effect(() => this.preview(task.value));
  }

  /** Lays samples on all sheets, so that every task works at the first click. */
  layOut(): Promise<void> {
    const { picture, sound } = this.about.samples.first;
    const samples = Promise.all([pictureOf(picture), soundOf(sound)]);
    const laidOut = samples.then((media) => this.lay(...media));
    // Whoever is faster than the samples waits for them; that they cannot be had is told to whom asked for them.
    this.samples = samples.catch(() => {});
    this.laidOut = laidOut.catch(() => {});
    return laidOut;
  }

  private async lay(picture: Picture, sound: Waveform): Promise<void> {
    if (!this.sketch.canUndo.value) this.sketch.add({ kind: this.about.sheet.kind, picture });
    this.speech.value ??= sound;
    const [seen, heard] = await Promise.all([this.encode(picture), this.encode(sound)]);
    if (this.damage.picture.value || this.damage.sound.value) return;
    this.damage.setPicture({ tokens: seen.tokens.image, picture: seen.picture });
    this.damage.setSound({ tokens: heard.tokens.audio, mel: heard.mel, sound });
    this.damage.cells.value = lowerHalf(this.grid('image'));
  }

  /** Rows and columns of a field; until the model is there, as they will be. */
  grid(field: 'image' | 'audio'): readonly [rows: number, columns: number] {
    return this.model.value?.fields.find(({ name }) => name === field)?.grid ?? this.about.grids[field];
  }

  /** Puts a picture where the task wants one. @throws StudioError for a picture of nothing. */
  async setPicture(task: TaskName, picture: Picture, kind: 'ink' | 'photo'): Promise<void> {
    if (task !== 'complete') return this.sketch.add({ kind, picture });
    const { tokens, picture: seen } = await this.encode(picture);
    this.damage.setPicture({ tokens: tokens.image, picture: seen });
  }

  /** Puts a sound where the task wants one. @throws StudioError for silence. */
  async setSound(task: TaskName, sound: Waveform): Promise<void> {
    const { tokens, mel } = await this.encode(sound);
    if (task === 'complete') this.damage.setSound({ tokens: tokens.audio, mel, sound });
    else this.speech.value = sound;
  }

  /** Notes what is given now; tells later whether it still is. */
  watch(task: TaskName): () => boolean {
    const before = this.sheets[task].map((sheet) => sheet.peek());
    return () => this.sheets[task].every((sheet, i) => sheet.peek() === before[i]);
  }

  /**
   * Lays out what was given for a result, so that it is given as the same tokens again: the sound that was spoken; of a
   * repair the whole, and what was rubbed out of it.
   * @param canvas the tokens that were known.
   */
  putBack(task: TaskName, canvas: Tokens, { tokens, picture, mel, sound }: Generated): void {
    if (task === 'audioToImage') {
      this.views.set(sound, Promise.resolve({ tokens, picture, mel }));
      this.speech.value = sound;
    }
    if (task !== 'complete') return;
    const { damage } = this;
    const columns = this.grid('audio')[1];
    const unknown = (name: string) => [...tokens[name].keys()].filter((at) => (canvas[name]?.[at] ?? -1) < 0);
    damage.setPicture({ tokens: tokens.image, picture });
    damage.setSound({ tokens: tokens.audio, mel, sound });
    damage.cells.value = new Set(unknown('image'));
    damage.columns.value = new Set(unknown('audio').map((at) => at % columns));
  }

  /** What the task is given, as the model sees it. @throws StudioError for what cannot be used or is not there. */
  async look(task: TaskName, signal?: AbortSignal): Promise<Look> {
    await abortable(task === 'complete' ? this.laidOut : this.samples, signal);
    if (task === 'imageToAudio') return this.lookAtDrawing(signal);
    if (task === 'audioToImage') return this.lookAtSpeech(signal);
    if (task === 'coGenerate') return { tokens: this.wishes() };
    return this.lookAtDamage(signal);
  }

  private async lookAtDrawing(signal?: AbortSignal): Promise<Look> {
    const drawing = this.drawing.value;
    if (!drawing)
      throw new StudioError(
        'invalid-input',
        `The sheet is empty. Draw a ${this.about.noun}, or take a sample.`,
      );
    const { tokens, picture } = await abortable(this.encode(drawing), signal);
    const { image, label } = tokens;
    return { tokens: { image, ...(label && { label }) }, picture };
  }

  private async lookAtSpeech(signal?: AbortSignal): Promise<Look> {
    const sound = this.speech.value;
    if (!sound)
      throw new StudioError('invalid-input', 'There is no sound yet. Record one, or take a sample.');
    const { tokens, mel } = await abortable(this.encode(sound), signal);
    return { tokens: { audio: tokens.audio }, mel };
  }

  private wishes() {
    const [label, voice] = [this.label.value, this.voice.value];
    return {
      ...(label !== undefined && { label: Int32Array.of(label) }),
      ...(voice !== undefined && { voice: Int32Array.of(voice) }),
    };
  }

  private async lookAtDamage(signal?: AbortSignal): Promise<Look> {
    if (!this.damage.isMissing.value) {
      throw new StudioError(
        'invalid-input',
        'Nothing is missing. Rub out a part of the picture or of the sound first.',
      );
    }
    const tokens = this.damage.canvas(this.grid('audio')[1]);
    const model = this.model.value;
    if (!model) return { tokens };
    const { picture, mel } = await this.studio.view(allFields(tokens, model), signal && { signal });
    return { tokens, picture, mel };
  }

  /** Shows what is given as the model sees it, once the model is there and the hand rests. */
  private preview(task: TaskName): () => void {
    for (const one of this.sheets[task]) void one.value; // each of its changes shows
    if (!this.model.value) return () => {};
    let isStale = false;
    const timer = setTimeout(async () => {
      const look = await untracked(() => this.look(task)).catch((): Look => ({ tokens: {} }));
      if (!isStale) this.previews[task].value = look;
    }, PREVIEW_DELAY);
    return () => {
      clearTimeout(timer);
      isStale = true;
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

function lowerHalf([rows, columns]: readonly [rows: number, columns: number]): ReadonlySet<number> {
  const from = Math.ceil(rows / 2) * columns;
  return new Set(Array.from({ length: rows * columns - from }, (_, at) => from + at));
}
