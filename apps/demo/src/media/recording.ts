import type { Waveform } from 'visual-echoes';
import { StudioError } from '../studio/studio-error.js';
import { deviceError } from './device-error.js';
import workletUrl from './recorder-worklet.ts?worker&url';
import { untilRunning } from './until-running.js';

/** Milliseconds after which a hidden page gives the microphone back. */
const HIDDEN = 3000;
/** Milliseconds that the last block may take. */
const LAST_BLOCK = 200;

const CONSTRAINTS: MediaStreamConstraints = {
  audio: { echoCancellation: false, noiseSuppression: true, autoGainControl: true },
};

/** One recording, from the question for the microphone to its return. */
export class Recording {
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

  /** Asks for the microphone, and listens to it. @throws StudioError, or what the browser throws. */
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
    await loaded.catch(() => {
      throw new StudioError('device', 'The recorder cannot be loaded. Reload the page, and try again.');
    });
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

const lost = () => new StudioError('device', 'The microphone went away. Connect it, and try again.');
