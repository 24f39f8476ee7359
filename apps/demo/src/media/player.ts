import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { Waveform } from 'visual-echoes';
import { StudioError } from '../studio/studio-error.js';
import { untilRunning } from './until-running.js';
import { upsample } from './upsample.js';

/** The lowest rate that every browser plays, Hz. */
const LOWEST_RATE = 22_050;

/**
 * Plays one sound at a time.
 *
 * @example
 * const player = new Player();
 * button.onclick = () => player.play(sound);
 */
export class Player {
  /** Whether the sound begins again at its end; may be changed while it plays. */
  readonly loop: Signal<boolean> = signal(false);
  private readonly currentPlaying = signal(false);
  private readonly currentPosition = signal(0);
  private context: AudioContext | undefined;
  private source: AudioBufferSourceNode | undefined;
  private frame = 0;
  /** Counts plays and stops, so that a play that waited learns that it is no longer wanted. */
  private turn = 0;

  constructor() {
    this.loop.subscribe((loop) => {
      if (this.source) this.source.loop = loop;
    });
  }

  get playing(): ReadonlySignal<boolean> {
    return this.currentPlaying;
  }

  /** How far the sound is, 0..1; 0 when nothing plays. */
  get position(): ReadonlySignal<number> {
    return this.currentPosition;
  }

  /**
   * Plays a sound from its beginning; what played before ends. Resolves once it plays, not when it ends, and also where a
   * later `play` or `stop` was faster.
   *
   * @throws StudioError `invalid-input` for a sound of no samples, `device` where the browser plays none.
   */
  async play(sound: Waveform): Promise<void> {
    this.stop();
    const turn = ++this.turn;
    if (!sound.channels[0]?.length) {
      throw new StudioError('invalid-input', 'The sound is empty. Make or choose another one.');
    }
    const context = this.wake();
    const buffer = toBuffer(sound);
    await untilRunning(context, 'The browser does not play sound yet. Press play again.');
    if (turn !== this.turn) return;
    const source = new AudioBufferSourceNode(context, { buffer, loop: this.loop.value });
    source.connect(context.destination);
    source.onended = () => {
      if (this.source === source) this.stop();
    };
    source.start();
    this.source = source;
    this.currentPlaying.value = true;
    const started = context.currentTime;
    let passed = 0;
    const follow = () => {
      // The latency becomes known while the sound plays, and what was shown never goes back.
      const heard = context.currentTime - started - (context.outputLatency || 0);
      passed = Math.max(passed, heard / buffer.duration);
      this.currentPosition.value = source.loop ? passed % 1 : Math.min(1, passed);
      this.frame = requestAnimationFrame(follow);
    };
    follow();
  }

  /** Ends what plays. */
  stop(): void {
    this.turn++;
    cancelAnimationFrame(this.frame);
    const { source } = this;
    this.source = undefined;
    source?.stop();
    source?.disconnect();
    this.currentPlaying.value = false;
    this.currentPosition.value = 0;
  }

  /** Made at the first play, in the click that allows it. */
  private wake(): AudioContext {
    if (this.context && this.context.state !== 'closed') {
      if (this.context.state !== 'running') this.context.resume().catch(() => {});
      return this.context;
    }
    try {
      this.context = new AudioContext();
    } catch {
      throw new StudioError(
        'device',
        'The browser plays no sound here. Save the sound, and play it elsewhere.',
      );
    }
    return this.context;
  }
}

/** The source resamples by itself what is at another rate than the context; only some old browsers take no low ones. */
function toBuffer({ channels, sampleRate }: Waveform): AudioBuffer {
  try {
    return fill(channels, sampleRate);
  } catch {
    if (!(sampleRate >= 1000 && sampleRate < LOWEST_RATE)) {
      throw new StudioError(
        'invalid-input',
        `The browser plays no sound of ${sampleRate} Hz. Choose another one.`,
      );
    }
    const factor = Math.ceil(LOWEST_RATE / sampleRate);
    return fill(
      channels.map((channel) => upsample(channel, factor)),
      sampleRate * factor,
    );
  }
}

function fill(channels: readonly Float32Array[], sampleRate: number): AudioBuffer {
  const buffer = new AudioBuffer({
    length: channels[0].length,
    numberOfChannels: channels.length,
    sampleRate,
  });
  channels.forEach((channel, c) => buffer.copyToChannel(channel as Float32Array<ArrayBuffer>, c));
  return buffer;
}
