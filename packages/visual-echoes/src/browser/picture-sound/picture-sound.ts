import { ConfigurationError } from '@visual-echoes/core';
import { type ImageToAudioOptions, imageToAudio, type SoundOfImage } from '../image-to-audio.js';
import { SoundPlayer } from './sound-player.js';
import { sharedStyle } from './style.js';

/** Where there are no elements, in Node, the class can be imported and not used. */
const Element: typeof HTMLElement = globalThis.HTMLElement ?? Object;

const WORDS = { idle: 'Hear it', busy: 'Cancel', playing: 'Stop' } as const;

/**
 * `<picture-sound>`: a picture, and a button that makes and plays its sound. Attributes: `src`, `alt`, `crossorigin` of
 * the picture; `model`, the address of a model folder; `seed`; `voice`. Event `sound`, whose `detail` is what was made;
 * event `error`, whose `error` says why there is none. Parts to style: `picture`, `button`, `progress`, `status`.
 *
 * @example
 * import 'visual-echoes/element';
 * document.body.innerHTML = '<picture-sound src="seven.png" alt="a seven" model="/models/digits/"></picture-sound>';
 */
export class PictureSound extends Element {
  static readonly observedAttributes = ['src', 'alt', 'crossorigin', 'model', 'seed', 'voice'];

  /** Of `imageToAudio`, beyond what the attributes say. */
  options: Partial<ImageToAudioOptions> = {};

  private picture!: HTMLImageElement;
  private button!: HTMLButtonElement;
  private progress!: HTMLProgressElement;
  private status!: HTMLElement;
  private player: SoundPlayer | undefined;
  private made: SoundOfImage | undefined;
  private state: keyof typeof WORDS = 'idle';
  /** Of the last click; what goes on after an abort shows nothing any more. */
  private run = new AbortController();

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open', delegatesFocus: true });
    root.adoptedStyleSheets = [sharedStyle()];
    const add = <K extends keyof HTMLElementTagNameMap>(tag: K, part: string): HTMLElementTagNameMap[K] => {
      const child = root.appendChild(document.createElement(tag));
      child.id = part;
      child.setAttribute('part', part);
      return child;
    };
    this.picture = add('img', 'picture');
    this.button = add('button', 'button');
    this.button.type = 'button';
    this.button.setAttribute('aria-describedby', 'picture');
    this.button.addEventListener('click', () => void this.press());
    this.progress = add('progress', 'progress');
    this.progress.setAttribute('aria-label', 'How much of the sound is made');
    this.status = add('p', 'status');
    this.status.setAttribute('role', 'status');
    this.show('idle', '');
  }

  attributeChangedCallback(name: string, _before: string | null, value: string | null): void {
    if (name === 'src' || name === 'alt' || name === 'crossorigin') {
      if (value === null) this.picture.removeAttribute(name);
      else this.picture.setAttribute(name, value);
    }
    // What was made, or is being made, is no longer what is asked for.
    if (name !== 'alt') this.forget();
  }

  disconnectedCallback(): void {
    this.forget();
    this.player?.close();
    this.player = undefined;
  }

  private forget(): void {
    this.run.abort();
    this.made = undefined;
    this.player?.stop();
    this.show('idle', '');
  }

  /** Cancels, stops, or else makes the sound, where it is not made yet, and plays it. */
  private async press(): Promise<void> {
    if (this.state === 'busy') this.forget();
    else if (this.state === 'playing') this.player?.stop();
    else await this.hear();
  }

  private async hear(): Promise<void> {
    this.run = new AbortController();
    const { signal } = this.run;
    try {
      this.player ??= new SoundPlayer(); // while the click is handled
      const made = this.made ?? (await this.make(signal));
      if (signal.aborted) return;
      this.made = made;
      const { label = '', sound } = made;
      this.show('playing', label);
      await this.player.play(sound);
      if (!signal.aborted) this.show('idle', label);
    } catch (error) {
      if (signal.aborted) return;
      const { message } = error as Error;
      this.show('idle', message);
      this.dispatchEvent(new ErrorEvent('error', { error, message }));
    }
  }

  private async make(signal: AbortSignal): Promise<SoundOfImage> {
    this.show('busy', 'Making the sound …');
    const seed = this.getAttribute('seed') ?? undefined;
    if (seed !== undefined && !/^\d{1,15}$/.test(seed)) {
      throw new ConfigurationError(`The attribute seed is "${seed}"; it must be a whole number.`);
    }
    const made = await imageToAudio(this.picture, {
      model: this.getAttribute('model') ?? '',
      voice: this.getAttribute('voice') ?? undefined,
      ...(seed !== undefined && { seed: Number(seed) }),
      ...this.options,
      signal,
      onProgress: (share) => {
        if (!signal.aborted) this.progress.value = share;
      },
    });
    if (!signal.aborted) this.dispatchEvent(new CustomEvent('sound', { detail: made, bubbles: true }));
    return made;
  }

  private show(state: keyof typeof WORDS, status: string): void {
    this.state = state;
    this.button.textContent = WORDS[state];
    this.progress.hidden = state !== 'busy';
    if (state === 'busy') this.progress.value = 0;
    this.button.setAttribute('aria-busy', String(state === 'busy'));
    this.status.textContent = status;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'picture-sound': PictureSound;
  }
}
