import { type ReadonlySignal, signal } from '@preact/signals';
import type { Waveform } from 'visual-echoes';
import { StudioError } from '../studio/studio-error.js';
import { checkSound } from './check-sound.js';
import { deviceError } from './device-error.js';
import workletUrl from './recorder-worklet.ts?worker&url';
import { untilRunning } from './until-running.js';

/** Of full scale: −60 dB. A microphone that is switched off is more silent, a whisper is louder. */
const SILENCE = 1e-3;
/** Milliseconds after which a hidden page gives the microphone back. */
const HIDDEN = 3000;
/** Milliseconds that the last block may take. */
const LAST_BLOCK = 200;
/** Milliseconds by which a recording may be behind the clock. */
const LATE = 2000;

const CONSTRAINTS: MediaStreamConstraints = {
  audio: { echoCancellation: false, noiseSuppression: true, autoGainControl: true },
};

export interface RecorderOptions {
  /** Seconds after which a recording ends by itself. */
  limit?: number;
  /** Called when a recording ended by itself, at its limit or because the microphone went away; `stop` gives it. */
  onEnd?: (() => void) | undefined;
}

/**
 * Records the microphone, mono at the browser's own rate. The microphone is given back whatever happens.
 *
 * @example
 * const recorder = new Recorder();
 * await recorder.start();
 * const sound = await recorder.stop();
 */
export class Recorder {
  private readonly currentState = signal<'idle' | 'asking' | 'recording'>('idle');
  private readonly currentLevel = signal(0);
  private readonly currentSeconds = signal(0);
  private readonly limit: number;
  private readonly onEnd: (() => void) | undefined;
  private session: Session | undefined;

  constructor({ limit = 10, onEnd }: RecorderOptions = {}) {
    this.limit = limit;
    this.onEnd = onEnd;
  }

  /** `asking` while the visitor has to allow the microphone. */
  get state(): ReadonlySignal<'idle' | 'asking' | 'recording'> {
    return this.currentState;
  }

  /** How loud it is, 0..1 for −60..0 decibels of full scale. */
  get level(): ReadonlySignal<number> {
    return this.currentLevel;
  }

  /** Seconds recorded so far. */
  get seconds(): ReadonlySignal<number> {
    return this.currentSeconds;
  }

  /**
   * Asks for the microphone where it must, and records from then on; what was recorded before is forgotten. Does nothing
   * while it records already.
   *
   * @throws StudioError `device` where there is no microphone or it may not be used, `cancelled` after `cancel`.
   */
  async start(): Promise<void> {
    if (this.currentState.value !== 'idle') return;
    this.currentState.value = 'asking';
    this.currentLevel.value = 0;
    this.currentSeconds.value = 0;
    const session = new Session((level, seconds) => {
      this.currentLevel.value = level;
      this.currentSeconds.value = Math.min(seconds, this.limit);
      if (seconds >= this.limit) session.end();
    });
    this.session = session;
    // Samples may stop coming, as when a telephone rings: the clock ends the recording as well.
    let clock: ReturnType<typeof setTimeout> | undefined;
    session.ended.then(() => {
      clearTimeout(clock);
      if (this.session !== session) return;
      const recording = this.currentState.value === 'recording';
      this.currentState.value = 'idle';
      this.currentLevel.value = 0;
      if (recording && !session.stopped) this.onEnd?.();
    });
    try {
      await session.open();
      if (this.session !== session) throw cancelled();
      this.currentState.value = 'recording';
      clock = setTimeout(() => session.end(), this.limit * 1000 + LATE);
    } catch (error) {
      session.release();
      if (this.session !== session) throw cancelled();
      this.session = undefined;
      this.currentState.value = 'idle';
      throw deviceError('microphone', error);
    }
  }

  /**
   * Ends the recording, and gives it; also one that has ended by itself.
   *
   * @throws StudioError `invalid-input` where nothing was recorded, or only silence; `cancelled` while it still asks.
   */
  async stop(): Promise<Waveform> {
    const { session } = this;
    if (!session) {
      throw new StudioError('invalid-input', 'Nothing was recorded. Press the button, and speak.');
    }
    if (this.currentState.value === 'asking') {
      this.cancel();
      throw cancelled();
    }
    session.stopped = true;
    session.end();
    await session.ended;
    if (this.session !== session) throw cancelled();
    this.session = undefined;
    const sound = session.sound(this.limit);
    await checkSound(
      sound,
      SILENCE,
      'Check that the microphone is switched on and is the right one, and try again.',
    );
    return sound;
  }

  /** Ends the recording and forgets it. */
  cancel(): void {
    const { session } = this;
    this.session = undefined;
    this.currentState.value = 'idle';
    this.currentLevel.value = 0;
    this.currentSeconds.value = 0;
    session?.release();
  }
}

const lost = () => new StudioError('device', 'The microphone went away. Connect it, and try again.');
const cancelled = () => new StudioError('cancelled', 'The recording was cancelled.');

/** One recording, from the question for the microphone to its return. */
class Session {
  /** Settles when the microphone has been given back. */
  readonly ended: Promise<void>;
  /** Somebody waits for the sound. */
  stopped = false;
  private settle: () => void = () => {};
  private released = false;
  private ending = false;
  private stream: MediaStream | undefined;
  private context: AudioContext | undefined;
  private node: AudioWorkletNode | undefined;
  private hidden: ReturnType<typeof setTimeout> | undefined;
  private readonly blocks: Float32Array[] = [];
  private frames = 0;
  private sampleRate = 0;

  constructor(private readonly onBlock: (level: number, seconds: number) => void) {
    this.ended = new Promise((resolve) => {
      this.settle = resolve;
    });
  }

  /** Asks for the microphone, and listens to it. @throws what the browser throws, or undefined for insecure pages. */
  async open(): Promise<void> {
    if (!navigator.mediaDevices?.getUserMedia || typeof AudioWorkletNode === 'undefined')
      throw deviceError('microphone');
    // Made before anything is waited for: the visitor's click allows it to run.
    const context = new AudioContext();
    this.context = context;
    this.sampleRate = context.sampleRate;
    const loaded = context.audioWorklet.addModule(workletUrl);
    loaded.catch(() => {}); // is reported below, unless the microphone is refused first
    const stream = await navigator.mediaDevices.getUserMedia(CONSTRAINTS);
    this.stream = stream;
    if (this.released) {
      giveBack(stream);
      throw lost();
    }
    for (const track of stream.getTracks()) track.onended = () => this.end();
    await loaded;
    await untilRunning(context, 'The browser does not start recording. Press the button again.');
    if (this.released) throw lost();
    document.addEventListener('visibilitychange', this.onVisibility);
    window.addEventListener('pagehide', this.release);
    const node = new AudioWorkletNode(context, 'recorder', {
      channelCount: 1,
      channelCountMode: 'explicit',
      channelInterpretation: 'speakers',
    });
    this.node = node;
    node.port.onmessage = ({ data }: MessageEvent<Float32Array | 'end'>) => {
      if (data === 'end') this.release();
      else this.take(data);
    };
    node.onprocessorerror = this.release;
    // Its output is silence, and what is connected to nothing may not run.
    context.createMediaStreamSource(stream).connect(node).connect(context.destination);
  }

  /** Fetches what the audio thread still has, and gives the microphone back. */
  end(): void {
    if (this.ending || this.released) return;
    this.ending = true;
    this.node?.port.postMessage('end');
    setTimeout(this.release, this.node ? LAST_BLOCK : 0);
  }

  /** Gives the microphone back at once. */
  readonly release = (): void => {
    if (this.released) return;
    this.released = true;
    clearTimeout(this.hidden);
    document.removeEventListener('visibilitychange', this.onVisibility);
    window.removeEventListener('pagehide', this.release);
    if (this.stream) giveBack(this.stream);
    this.node?.port.close();
    this.node?.disconnect();
    this.context?.close().catch(() => {});
    this.settle();
  };

  /** What was recorded, of at most `limit` seconds. */
  sound(limit: number): Waveform {
    const samples = new Float32Array(Math.min(this.frames, Math.round(limit * this.sampleRate)));
    let at = 0;
    for (const block of this.blocks) {
      const piece = block.subarray(0, samples.length - at);
      samples.set(piece, at);
      at += piece.length;
    }
    return { sampleRate: this.sampleRate, channels: [samples] };
  }

  private take(block: Float32Array): void {
    this.blocks.push(block);
    this.frames += block.length;
    let sum = 0;
    for (const x of block) sum += x * x;
    const decibels = 10 * Math.log10(sum / block.length + 1e-12);
    this.onBlock(Math.min(1, Math.max(0, 1 + decibels / 60)), this.frames / this.sampleRate);
  }

  private readonly onVisibility = () => {
    clearTimeout(this.hidden);
    if (document.hidden) this.hidden = setTimeout(() => this.end(), HIDDEN);
  };
}

function giveBack(stream: MediaStream): void {
  for (const track of stream.getTracks()) {
    track.onended = null;
    track.stop();
  }
}
