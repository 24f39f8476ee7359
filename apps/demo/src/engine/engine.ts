import { resultSeed, type VisualEchoes } from 'visual-echoes';
import type {
  EngineInfo,
  Generated,
  GenerateRequest,
  GivenMedia,
  ModelInfo,
  StepReport,
  Tokens,
  View,
} from '../studio/protocol.js';
import { modelInfo } from './model-info.js';
import { samplingOptions } from './sampling-options.js';
import { shownName } from './shown-name.js';
import type { StartedEngine } from './start-engine.js';

/** Milliseconds that pictures and mels of a step may take; where they take longer, they are made when they are looked at. */
const LONGEST_VIEW = 250;

/** The model as the page uses it. */
export class Engine {
  readonly info: EngineInfo;
  readonly model: ModelInfo;
  private readonly echoes: VisualEchoes;
  /** The tokens of an empty picture and of silence, which stand for those that are unknown. */
  private nothing: Promise<Tokens> | undefined;
  /** How long the latest step's views took. */
  private viewing = 0;

  constructor({ info, echoes }: StartedEngine) {
    this.info = info;
    this.echoes = echoes;
    this.model = modelInfo(echoes);
  }

  /** Media → tokens and the class of a picture, and what the model sees and hears of them. @throws InvalidInputError. */
  async encode({ picture, sound }: GivenMedia, signal: AbortSignal): Promise<View> {
    const { echoes } = this;
    const seen = picture && echoes.preparePicture(picture);
    const heard = sound && (await echoes.prepareSound(sound));
    const given = { picture: seen, sound: heard };
    const tokens = await echoes.encode(given, { preprocess: false, task: 'imageToAudio', signal });
    const view = await this.view(tokens, signal);
    // As the model is given them, not as its tokens give them back.
    if (seen) view.picture = seen;
    if (heard) view.mel = heard;
    return view;
  }

  /** Tokens as they can be looked at. */
  async view(tokens: Tokens, signal: AbortSignal): Promise<View> {
    const [view] = await this.views([tokens], signal);
    return view;
  }

  async generate(
    { task, canvas, controls, seed, count }: GenerateRequest,
    { onStep, signal }: { onStep(report: StepReport): void; signal: AbortSignal },
  ): Promise<Generated[]> {
    const { echoes } = this;
    const whole = { ...(await echoes.encode({})), ...canvas };
    const canvases = Array.from({ length: count }, () => whole);
    // Those of imageToAudio and the like, so that Node makes the same of the same seed.
    const seeds = canvases.map((_, variant) => resultSeed(seed, whole, variant));
    const steps = echoes.steps(canvases, {
      ...samplingOptions(echoes, task, controls),
      task,
      seed: seeds,
      signal,
    });
    this.viewing = 0;
    for (;;) {
      const { done, value } = await steps.next();
      if (done) return this.finish(value, seeds, signal);
      const views = this.viewing > LONGEST_VIEW ? [] : await this.views(value.canvases, signal);
      onStep({
        step: value.step,
        steps: value.steps,
        variations: value.canvases.map((tokens, i) => ({ tokens, fixed: value.fixed[i], view: views[i] })),
      });
    }
  }

  private async finish(canvases: Tokens[], seeds: number[], signal: AbortSignal): Promise<Generated[]> {
    const media = (await this.echoes.decode(canvases, { seed: seeds, signal })) as Generated[];
    return media.map((one) => ({ ...one, label: one.label && shownName(one.label) }));
  }

  private async views(canvases: readonly Tokens[], signal: AbortSignal): Promise<View[]> {
    this.nothing ??= this.findNothing();
    const nothing = await this.nothing;
    const began = performance.now();
    const known = canvases.map((tokens) => ({
      ...tokens,
      ...Object.fromEntries(
        Object.entries(nothing).map(([name, empty]) => [
          name,
          (tokens[name] ?? empty).map((token, at) => (token < 0 ? empty[at] : token)),
        ]),
      ),
    }));
    const media = await this.echoes.decode(known, { outputs: ['picture', 'mel'], signal });
    this.viewing = performance.now() - began;
    return media.map(({ picture, mel }, i) => ({ tokens: canvases[i], picture: picture!, mel: mel! }));
  }

  private async findNothing(): Promise<Tokens> {
    const { image, audio } = this.echoes.manifest.parts;
    const { width, height, channels } = image.picture;
    const { melBands: bands, frames } = audio.mel;
    const paper = image.preprocessing.type === 'mnist' ? 0 : 255; // which is light on dark
    const tokens = await this.echoes.encode(
      {
        picture: { width, height, channels, data: new Uint8Array(width * height * channels).fill(paper) },
        sound: { bands, frames, data: new Float32Array(bands * frames) },
      },
      { preprocess: false },
    );
    return { image: tokens.image, audio: tokens.audio };
  }
}
