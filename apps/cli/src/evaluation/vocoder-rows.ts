import { throwIfCancelled } from '@visual-echoes/core';
import { MelSpectrogram, prepareSound } from '@visual-echoes/vq-audio';
import { griffinLimVocode, measureVocoder, type Vocode, vocoderDistanceRows } from './compare-vocoders.js';
import { type EvaluationContext, hits, share } from './evaluation-context.js';
import { type EvaluationRow, shareRow } from './evaluation-row.js';

/** Real sounds through their mel spectrograms and back by the model's vocoder, and by Griffin-Lim beside it. */
export async function vocoderRows(context: EvaluationContext): Promise<EvaluationRow[]> {
  const { model, data, judges, signal, onProgress } = context;
  const { mel: config, preprocessing } = model.manifest.parts.audio;
  const spectrogram = new MelSpectrogram(config);
  const recordings: Float32Array[] = [];
  for (const sound of data.sounds.media) {
    throwIfCancelled(signal);
    recordings.push(await prepareSound(sound, preprocessing));
    onProgress((0.3 * recordings.length) / data.sounds.media.length);
  }
  const mels = recordings.map((clip) => spectrogram.forward(clip));
  const measure = async (vocode: Vocode) => {
    const measures = await measureVocoder(vocode, { mels, recordings, spectrogram });
    const { sampleRate } = config;
    const { classes } = await judges.judgeSounds(
      measures.sounds.map((samples) => ({ sampleRate, channels: [samples] })),
    );
    return { ...measures, heard: hits(data.sounds.digits, classes) };
  };
  const own = await measure(async (some) => {
    const sounds = await model.vocode([...some], { signal });
    return sounds.map(({ channels }) => channels[0]);
  });
  onProgress(0.6);
  const beside = await measure(griffinLimVocode(config));
  onProgress(1);
  const { mel, stft, speed } = vocoderDistanceRows(own, beside, config.scaling);
  const reference = { what: 'of Griffin-Lim', value: share(beside.heard) };
  return [mel, stft, shareRow({ task: 'vocoder', measure: 'heard right', reference }, own.heard), speed];
}
