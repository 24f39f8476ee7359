import { ShapeError, throwIfCancelled } from '@visual-echoes/core';
import {
  AudioTokenizer,
  type Mel,
  MelSpectrogram,
  prepareSound,
  type Vocoder,
  type Waveform,
} from '@visual-echoes/vq-audio';
import type { ModelManifest } from '../model-folder/manifest.js';

type AudioPart = ModelManifest['parts']['audio'];

/**
 * Sounds of any form to mel spectrograms to tokens, and back by a vocoder, which it owns. The tokenizer's weights are
 * loaded by whoever makes it.
 */
export class SoundCodec {
  readonly tokenizer: AudioTokenizer;
  readonly vocoder: Vocoder;
  private readonly spectrogram: MelSpectrogram;
  private readonly part: AudioPart;

  constructor(part: AudioPart, vocoder: Vocoder) {
    const { configuration, mel } = part;
    this.part = part;
    this.spectrogram = new MelSpectrogram(mel);
    this.vocoder = vocoder;
    this.tokenizer = new AudioTokenizer(configuration, { bands: mel.melBands, frames: mel.frames });
  }

  /**
   * A recording as people bring it → the mel spectrogram that the model takes; one that is given is taken as it is.
   * @param preprocess false where the sound is a clip that was prepared already.
   */
  async prepare(
    sound: Waveform | Mel,
    { preprocess = true }: { preprocess?: boolean | undefined } = {},
  ): Promise<Mel> {
    if ('bands' in sound) return sound;
    const { mel, preprocessing } = this.part;
    if (!preprocess && (sound.channels.length !== 1 || sound.sampleRate !== mel.sampleRate)) {
      throw new ShapeError(
        `Without preprocessing a sound is mono at ${mel.sampleRate} Hz; this one has ${sound.channels.length} channels at ${sound.sampleRate} Hz.`,
      );
    }
    return this.spectrogram.forward(
      preprocess ? await prepareSound(sound, preprocessing) : sound.channels[0],
    );
  }

  /** Mel spectrograms → their sounds, each by its own seed. */
  async vocode(
    mels: readonly Mel[],
    { seeds, signal }: { seeds: readonly number[]; signal?: AbortSignal | undefined },
  ): Promise<Waveform[]> {
    const { vocoder } = this;
    const sounds: Waveform[] = [];
    const atOnce = vocoder.concurrency ? mels.length : 1; // it has its own queue
    for (let start = 0; start < mels.length; start += atOnce) {
      await new Promise((resolve) => setTimeout(resolve)); // a turn for whatever may fire the signal
      throwIfCancelled(signal);
      const made = await Promise.all(
        mels.slice(start, start + atOnce).map((mel, i) => {
          const seed = seeds[start + i];
          return vocoder.vocode(mel, signal ? { seed, signal } : { seed });
        }),
      );
      for (const samples of made) sounds.push({ sampleRate: vocoder.sampleRate, channels: [samples] });
    }
    return sounds;
  }

  dispose(): void {
    this.tokenizer.dispose();
    void this.vocoder.dispose?.();
  }
}
