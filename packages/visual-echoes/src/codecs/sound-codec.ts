import { ShapeError, type StateDict, throwIfCancelled } from '@visual-echoes/core';
import {
  AudioTokenizer,
  GriffinLimVocoder,
  type Mel,
  MelSpectrogram,
  prepareSpeech,
  type Vocoder,
  type Waveform,
} from '@visual-echoes/vq-audio';
import type { ModelManifest } from '../model-folder/manifest.js';

type AudioPart = ModelManifest['parts']['audio'];

/** Sounds of any form to mel spectrograms to tokens, and back by the vocoder that the model folder names. */
export class SoundCodec {
  readonly tokenizer: AudioTokenizer;
  readonly vocoder: Vocoder;
  private readonly spectrogram: MelSpectrogram;
  private readonly part: AudioPart;

  constructor(part: AudioPart, state: StateDict) {
    const { configuration, mel, vocoder } = part;
    this.part = part;
    this.spectrogram = new MelSpectrogram(mel);
    this.vocoder = new GriffinLimVocoder(mel, vocoder);
    this.tokenizer = new AudioTokenizer(configuration, { bands: mel.melBands, frames: mel.frames });
    this.tokenizer.loadStateDict(state);
  }

  /**
   * A recording as people bring it → the mel spectrogram that the model takes.
   * @param preprocess false where the sound is a clip that was prepared already.
   */
  async prepare(sound: Waveform, { preprocess = true }: { preprocess?: boolean } = {}): Promise<Mel> {
    const { mel, preprocessing } = this.part;
    if (!preprocess && (sound.channels.length !== 1 || sound.sampleRate !== mel.sampleRate)) {
      throw new ShapeError(
        `Without preprocessing a sound is mono at ${mel.sampleRate} Hz; this one has ${sound.channels.length} channels at ${sound.sampleRate} Hz.`,
      );
    }
    const clip = preprocess ? await prepareSpeech(sound, preprocessing) : sound.channels[0];
    return this.spectrogram.forward(clip);
  }

  /** A mel spectrogram → its sound. */
  async vocode(
    mel: Mel,
    { seed, signal }: { seed: number; signal?: AbortSignal | undefined },
  ): Promise<Waveform> {
    await new Promise((resolve) => setTimeout(resolve)); // a turn for whatever may fire the signal
    throwIfCancelled(signal);
    const samples = await this.vocoder.vocode(mel, signal ? { seed, signal } : { seed });
    return { sampleRate: this.vocoder.sampleRate, channels: [samples] };
  }

  dispose(): void {
    this.tokenizer.dispose();
  }
}
