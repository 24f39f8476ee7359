import { type ReadonlySignal, signal } from '@preact/signals';
import type { Waveform } from 'visual-echoes';
import { StudioError } from '../studio/studio-error.js';
import { checkSound } from './check-sound.js';
import { deviceError } from './device-error.js';
import { Recording } from './recording.js';

/** Of full scale: −60 dB. A microphone that is switched off is more silent, a whisper is louder. */
const SILENCE = 1e-3;
/** Milliseconds by which a recording may be behind the clock. */
const LATE = 2000;

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
  private recording: Recording | undefined;

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
    const recording = new Recording((level, seconds) => {
      this.currentLevel.value = level;
      this.currentSeconds.value = Math.min(seconds, this.limit);
      if (seconds >= this.limit) recording.end();
    });
    this.recording = recording;
    // Samples may stop coming, as when a telephone rings: the clock ends the recording as well.
    let clock: ReturnType<typeof setTimeout> | undefined;
    recording.ended.then(() => {
      clearTimeout(clock);
      if (this.recording !== recording) return;
      const wasRecording = this.currentState.value === 'recording';
      this.currentState.value = 'idle';
      this.currentLevel.value = 0;
      if (wasRecording && !recording.stopped) this.onEnd?.();
    });
    try {
      await recording.open();
      if (this.recording !== recording) throw cancelled();
      this.currentState.value = 'recording';
      clock = setTimeout(() => recording.end(), this.limit * 1000 + LATE);
    } catch (error) {
      recording.release();
      if (this.recording !== recording) throw cancelled();
      this.recording = undefined;
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
    const { recording } = this;
    if (!recording) {
      throw new StudioError('invalid-input', 'Nothing was recorded. Press the button, and speak.');
    }
    if (this.currentState.value === 'asking') {
      this.cancel();
      throw cancelled();
    }
    recording.stopped = true;
    recording.end();
    await recording.ended;
    if (this.recording !== recording) throw cancelled();
    this.recording = undefined;
    const sound = recording.sound(this.limit);
    await checkSound(
      sound,
      SILENCE,
      'Check that the microphone is switched on and is the right one, and try again.',
    );
    return sound;
  }

  /** Ends the recording and forgets it. */
  cancel(): void {
    const { recording } = this;
    this.recording = undefined;
    this.currentState.value = 'idle';
    this.currentLevel.value = 0;
    this.currentSeconds.value = 0;
    recording?.release();
  }
}

const cancelled = () => new StudioError('cancelled', 'The recording was cancelled.');
