import {
  type Canvas,
  ConfigurationError,
  emptyCanvas,
  type TokenField,
  throwIfCancelled,
} from '@visual-echoes/core';
import type { MaskedTransformer } from '@visual-echoes/masked-transformer';
import type { SampleStep } from '@visual-echoes/sampler';
import type { Mel, VocodeOptions, Waveform } from '@visual-echoes/vq-audio';
import type { Picture } from '@visual-echoes/vq-image';
import { decodeCanvases, type Output } from './codecs/decode-canvases.js';
import { encodeMedia } from './codecs/encode-media.js';
import type { PictureCodec } from './codecs/picture-codec.js';
import type { SoundCodec } from './codecs/sound-codec.js';
import { CanvasFiller } from './generation/canvas-filler.js';
import { ClassReader, type Sight } from './generation/class-reader.js';
import type { GenerateOptions } from './generation/generate-options.js';
import { isList, list, type Many } from './generation/lists.js';
import type {
  Classification,
  GeneratedPair,
  GeneratedPicture,
  GeneratedSound,
  Given,
  ReconstructedPicture,
  ReconstructedSound,
} from './generation/media.js';
import { NamedTokens } from './generation/named-tokens.js';
import { wantedResults } from './generation/wanted-results.js';
import type { ModelManifest, TaskName } from './model-folder/manifest.js';

type Spoken = GenerateOptions & Pick<Given, 'voice'>;
type Counted = GenerateOptions & { count: number };
type Prepare = Pick<GenerateOptions, 'preprocess' | 'signal'>;
type EncodeOptions = Prepare & Pick<GenerateOptions, 'views'> & { task?: TaskName | undefined };
type DecodeOptions = Pick<GenerateOptions, 'seed' | 'signal'> & { outputs?: readonly Output[] | undefined };

/**
 * A loaded model: pictures become sounds, sounds become pictures, both come from nothing, and any part of either is
 * completed. `loadModel` makes one.
 *
 * Every method takes one thing and gives one, or takes a list and gives a list in its order; with `count`, it gives
 * a list of that many results for each thing.
 */
export class VisualEchoes {
  readonly manifest: ModelManifest;
  /** The token fields, in the transformer's order. */
  readonly fields: readonly TokenField[];
  /** The names of the classes; empty where the model has none. */
  readonly labels: readonly string[];
  /** The names of the voices; empty where the model has none. */
  readonly voices: readonly string[];
  private readonly classTokens: NamedTokens;
  private readonly voiceTokens: NamedTokens;
  private readonly pictures: PictureCodec;
  private readonly sounds: SoundCodec;
  private readonly transformer: MaskedTransformer;
  private readonly classes: ClassReader;
  private readonly filler: CanvasFiller;

  constructor(
    manifest: ModelManifest,
    parts: { pictures: PictureCodec; sounds: SoundCodec; transformer: MaskedTransformer },
  ) {
    this.manifest = manifest;
    this.pictures = parts.pictures;
    this.sounds = parts.sounds;
    this.transformer = parts.transformer;
    this.classes = new ClassReader(parts.transformer, manifest.sampling);
    this.filler = new CanvasFiller(parts.transformer, this.classes, manifest);
    this.fields = parts.transformer.fields;
    this.classTokens = new NamedTokens('class', manifest.classes);
    this.voiceTokens = new NamedTokens('voice', manifest.voices);
    this.labels = this.classTokens.names;
    this.voices = this.voiceTokens.names;
    for (const [name, { grid }] of [
      ['image', parts.pictures.tokenizer],
      ['audio', parts.sounds.tokenizer],
    ] as const) {
      const field = this.fields.find((one) => one.name === name);
      if (field?.grid.join() !== grid.join()) {
        throw new ConfigurationError(
          `The transformer's field "${name}" is ${field?.grid.join('×')} tokens, its tokenizer's grid ${grid.join('×')}.`,
        );
      }
    }
  }

  /**
   * A picture → a sound, in any voice or in the one that is named.
   * @throws InvalidInputError where the picture cannot be brought to the model's form.
   */
  imageToAudio(picture: Picture, options?: Spoken & { count?: undefined }): Promise<GeneratedSound>;
  imageToAudio(pictures: Many<Picture>, options: Spoken & { count: number }): Promise<GeneratedSound[]>;
  imageToAudio(pictures: readonly Picture[], options?: Spoken): Promise<GeneratedSound[]>;
  async imageToAudio(pictures: Many<Picture>, { voice, ...options }: Spoken = {}) {
    const given = list(pictures).map((picture) => ({ picture, voice }));
    const canvases = await this.encode(given, { ...options, task: 'imageToAudio' });
    const results = await this.generate('imageToAudio', canvases, ['sound'], options);
    return one(pictures, options) ? results[0] : results;
  }

  /** A recording, or a mel spectrogram of the model's form, → a picture. @throws InvalidInputError likewise. */
  audioToImage(
    sound: Waveform | Mel,
    options?: GenerateOptions & { count?: undefined },
  ): Promise<GeneratedPicture>;
  audioToImage(sounds: Many<Waveform | Mel>, options: Counted): Promise<GeneratedPicture[]>;
  audioToImage(sounds: readonly (Waveform | Mel)[], options?: GenerateOptions): Promise<GeneratedPicture[]>;
  async audioToImage(sounds: Many<Waveform | Mel>, options: GenerateOptions = {}) {
    const given = list(sounds).map((sound) => ({ sound }));
    const canvases = await this.encode(given, { ...options, task: 'audioToImage' });
    const results = await this.generate('audioToImage', canvases, ['picture'], options);
    return one(sounds, options) ? results[0] : results;
  }

  /** Pairs of a picture and a sound from nothing, or of one class, or of one voice. */
  async coGenerate({
    label,
    voice,
    count = 1,
    ...options
  }: GenerateOptions & Pick<Given, 'label' | 'voice'> = {}): Promise<GeneratedPair[]> {
    const canvases = await this.encode([{ label, voice }]);
    const results = await this.generate('coGenerate', canvases, ['picture', 'sound'], { ...options, count });
    return results as GeneratedPair[];
  }

  /**
   * Fills what is unknown of a canvas: −1, or a field that is left out. Known tokens stay.
   *
   * @example
   * const canvas = await model.encode({ picture, sound });
   * canvas.image.fill(-1, 32); // forget the lower half
   * const { picture: whole } = await model.complete(canvas);
   */
  complete(
    canvas: Partial<Canvas>,
    options?: GenerateOptions & { count?: undefined },
  ): Promise<GeneratedPair>;
  complete(canvases: Many<Partial<Canvas>>, options: Counted): Promise<GeneratedPair[]>;
  complete(canvases: readonly Partial<Canvas>[], options?: GenerateOptions): Promise<GeneratedPair[]>;
  async complete(canvases: Many<Partial<Canvas>>, options: GenerateOptions = {}) {
    const whole = list(canvases).map((canvas) => this.wholeCanvas(canvas));
    const results = await this.generate('complete', whole, ['picture', 'sound'], options);
    return one(canvases, options) ? results[0] : results;
  }

  /**
   * As `complete`, but of the tokens only and one step at a time: yields after every step and returns the finished
   * canvases. With `task`, by that task's settings.
   */
  async *steps(
    canvases: readonly Partial<Canvas>[],
    { task = 'complete', ...options }: GenerateOptions & { task?: TaskName } = {},
  ): AsyncGenerator<SampleStep, Canvas[], undefined> {
    const whole = canvases.map((canvas) => this.wholeCanvas(canvas));
    const { seed = 0 } = options;
    const seeded = wantedResults(whole, { seed }).flat();
    return yield* this.filler.steps(task, seeded, options);
  }

  /**
   * Finished canvases → their media and names; each sound by the seed that its canvas was filled by.
   *
   * @param options.outputs what is wanted; a sound comes with its mel. Picture and sound.
   * @throws InvalidInputError where a token is unknown.
   */
  async decode(
    canvases: readonly Canvas[],
    { outputs = ['picture', 'sound'], seed = 0, signal }: DecodeOptions = {},
  ): Promise<(Partial<GeneratedPair> & Pick<GeneratedPair, 'tokens'>)[]> {
    const seeds = typeof seed === 'number' ? canvases.map(() => seed) : seed;
    const media = await decodeCanvases(
      canvases,
      { pictures: this.pictures, sounds: this.sounds },
      { outputs, seeds, signal },
    );
    return canvases.map((tokens, i) => {
      const label = this.classTokens.nameOn(tokens);
      const voice = this.voiceTokens.nameOn(tokens);
      return { ...media[i], ...(label && { label }), ...(voice && { voice }), tokens };
    });
  }

  /** A picture through the tokenizer and back. */
  reconstructPicture(picture: Picture, options?: Prepare): Promise<ReconstructedPicture>;
  reconstructPicture(pictures: readonly Picture[], options?: Prepare): Promise<ReconstructedPicture[]>;
  async reconstructPicture(pictures: Many<Picture>, options: Prepare = {}) {
    const originals = list(pictures).map((picture) => this.preparePicture(picture, options));
    const tokens = await this.pictures.tokenizer.encode(originals, options);
    const decoded = await this.pictures.tokenizer.decode(tokens, options);
    const results = originals.map((original, i) => ({ original, picture: decoded[i], tokens: tokens[i] }));
    return isList(pictures) ? results : results[0];
  }

  /** A sound through its mel spectrogram, the tokenizer, and back through the vocoder. */
  reconstructSound(sound: Waveform | Mel, options?: Prepare): Promise<ReconstructedSound>;
  reconstructSound(sounds: readonly (Waveform | Mel)[], options?: Prepare): Promise<ReconstructedSound[]>;
  async reconstructSound(sounds: Many<Waveform | Mel>, options: Prepare = {}) {
    const originals: Mel[] = [];
    for (const sound of list(sounds)) originals.push(await this.prepareSound(sound, options));
    const tokens = await this.sounds.tokenizer.encode(originals, options);
    const mels = await this.sounds.tokenizer.decode(tokens, options);
    const made = await this.vocode(mels, { signal: options.signal });
    const results = mels.map((mel, i) => ({
      original: originals[i],
      mel,
      sound: made[i],
      tokens: tokens[i],
    }));
    return isList(sounds) ? results : results[0];
  }

  /** Mel spectrograms → their sounds, by the model's vocoder; where it draws random numbers, by `seed`. */
  vocode(mel: Mel, options?: VocodeOptions): Promise<Waveform>;
  vocode(mels: readonly Mel[], options?: VocodeOptions): Promise<Waveform[]>;
  async vocode(mels: Many<Mel>, { seed = 0, signal }: VocodeOptions = {}) {
    const sounds = await this.sounds.vocode(list(mels), { seeds: list(mels).map(() => seed), signal });
    return isList(mels) ? sounds : sounds[0];
  }

  /**
   * The class of a picture, of a sound, or of both together; of a picture over the views that `imageToAudio` has of it.
   * @throws ConfigurationError where there are none.
   */
  classify(given: Given, options?: EncodeOptions): Promise<Classification>;
  classify(given: readonly Given[], options?: EncodeOptions): Promise<Classification[]>;
  async classify(given: Many<Given>, { task = 'imageToAudio', ...options }: EncodeOptions = {}) {
    const { field } = this.classTokens;
    const sights = await this.look(list(given), { task, ...options });
    const results = (await this.classes.read(sights, field, options)).map((probabilities) => ({
      label: this.labels[likeliest(probabilities)],
      probabilities,
    }));
    return isList(given) ? results : results[0];
  }

  /**
   * Media and classes → canvases, on which the rest is unknown.
   *
   * @param options.task with it, the class of a picture too, where that task's settings have views to read it by.
   */
  encode(given: Given, options?: EncodeOptions): Promise<Canvas>;
  encode(given: readonly Given[], options?: EncodeOptions): Promise<Canvas[]>;
  async encode(given: Many<Given>, options: EncodeOptions = {}) {
    const sights = await this.look(list(given), options);
    const unread = sights.filter(({ canvas, views }) => views.length > 0 && !this.classTokens.nameOn(canvas));
    if (unread.length > 0) {
      const { field } = this.classTokens;
      const read = await this.classes.read(unread, field, options);
      for (const [i, { canvas }] of unread.entries()) canvas[field] = Int32Array.of(likeliest(read[i]));
    }
    const canvases = sights.map(({ canvas }) => canvas);
    return isList(given) ? canvases : canvases[0];
  }

  /** A picture as people bring it → in the model's form. @throws InvalidInputError where that cannot be. */
  preparePicture(picture: Picture, options: Pick<Prepare, 'preprocess'> = {}): Picture {
    return this.pictures.prepare(picture, options);
  }

  /** A recording as people bring it → a mel spectrogram of the model's form. @throws InvalidInputError likewise. */
  async prepareSound(sound: Waveform | Mel, options: Pick<Prepare, 'preprocess'> = {}): Promise<Mel> {
    return this.sounds.prepare(sound, options);
  }

  /** Frees the weights. */
  dispose(): void {
    for (const part of [this.pictures, this.sounds, this.transformer]) part.dispose();
  }

  /** Fills canvases and turns the fields in `outputs` into media, batch by batch. */
  private async generate(
    task: TaskName,
    given: readonly Canvas[],
    outputs: readonly Output[],
    options: GenerateOptions,
  ) {
    const { signal, onStep, onProgress = () => {} } = options;
    const wanted = wantedResults(given, options);
    const total = wanted.flat().length;
    const results: (GeneratedSound | GeneratedPicture | GeneratedPair)[] = [];
    for (const batch of wanted) {
      throwIfCancelled(signal);
      // Filling takes most of the time, media the rest; what is drawn again has been reported before.
      let furthest = 0;
      const filled = await this.filler.fill(task, batch, {
        ...options,
        onStep: (step) => {
          furthest = Math.max(furthest, (0.8 * step.step) / step.steps);
          onProgress((results.length + furthest * batch.length) / total);
          onStep?.(step);
        },
      });
      const seed = batch.map((item) => item.seed);
      results.push(...((await this.decode(filled, { outputs, seed, signal })) as GeneratedPair[]));
      onProgress(results.length / total);
    }
    return results;
  }

  /** Media and classes → canvases, those of pictures with the views that the options or the task's settings have. */
  private async look(
    given: readonly Given[],
    { task, views = task && this.manifest.sampling[task]?.views, ...options }: EncodeOptions,
  ): Promise<Sight[]> {
    const codecs = { pictures: this.pictures, sounds: this.sounds };
    const encoded = await encodeMedia(given, codecs, { ...options, views: views ? views.image : {} });
    return encoded.map(({ tokens, views }, i) => {
      const { label, voice } = given[i];
      const named = { ...this.classTokens.tokens(label), ...this.voiceTokens.tokens(voice) };
      return { canvas: this.wholeCanvas({ ...named, ...tokens }), views };
    });
  }

  private wholeCanvas(given: Partial<Canvas>): Canvas {
    const known = Object.entries(given).filter(
      (entry): entry is [string, Int32Array] => entry[1] !== undefined,
    );
    return { ...emptyCanvas(this.fields), ...Object.fromEntries(known) };
  }
}

/** Whether one thing was given, and one result is wanted. */
const one = (value: unknown, { count }: GenerateOptions) => !Array.isArray(value) && count === undefined;

const likeliest = (probabilities: Float32Array) => probabilities.indexOf(Math.max(...probabilities));
