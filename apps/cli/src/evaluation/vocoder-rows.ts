import { throwIfCancelled } from '@visual-echoes/core';
import {
  GriffinLimVocoder,
  type Mel,
  MelSpectrogram,
  MultiResolutionStftLoss,
  prepareSound,
  resolutionsAt,
  type Waveform,
} from '@visual-echoes/vq-audio';
import { type EvaluationContext, hits } from './evaluation-context.js';
import { type EvaluationRow, shareRow } from './evaluation-row.js';
import { soundDistances } from './sound-distances.js';

type Vocode = (mels: Mel[]) => Promise<Waveform[]>;

/** Real sounds through their mel spectrograms and back by the model's vocoder, and by Griffin-Lim beside it. */
export async function vocoderRows(context: EvaluationContext): Promise<EvaluationRow[]> {
  const { model, data, signal, onProgress } = context;
  const { mel: config, preprocessing } = model.manifest.parts.audio;
  const spectrogram = new MelSpectrogram(config);
  const clips: Float32Array[] = [];
  for (const sound of data.sounds.media) {
    throwIfCancelled(signal);
    clips.push(await prepareSound(sound, preprocessing));
    onProgress((0.3 * clips.length) / data.sounds.media.length);
  }
  const mels = clips.map((clip) => spectrogram.forward(clip));

  const griffinLim = new GriffinLimVocoder(config);
  const own = await measure(context, spectrogram, clips, mels, (some) => model.vocode(some, { signal }));
  onProgress(0.6);
  const beside = await measure(context, spectrogram, clips, mels, async (some) =>
    some.map((mel) => ({ sampleRate: config.sampleRate, channels: [griffinLim.vocode(mel)] })),
  );
  onProgress(1);

  const task = 'vocoder';
  const { minDb, maxDb } = config.scaling;
  const of = (value: number) => ({ what: 'of Griffin-Lim', value });
  const share = (list: readonly boolean[]) => list.filter(Boolean).length / list.length;
  return [
    {
      task,
      measure: 'mean difference of mels to those given',
      value: own.mel * (maxDb - minDb),
      unit: 'decibels',
      reference: of(beside.mel * (maxDb - minDb)),
    },
    {
      task,
      measure: 'multi-resolution STFT loss to the recordings',
      value: own.stft,
      unit: 'distance',
      reference: of(beside.stft),
    },
    shareRow({ task, measure: 'heard right', reference: of(share(beside.heard)) }, own.heard),
    { task, measure: 'real time', value: own.speed, unit: 'times', reference: of(beside.speed) },
  ];
}

async function measure(
  { judges, data }: EvaluationContext,
  spectrogram: MelSpectrogram,
  clips: readonly Float32Array[],
  mels: Mel[],
  vocode: Vocode,
) {
  const sounds = await vocode(mels);
  const stftLoss = new MultiResolutionStftLoss(resolutionsAt(spectrogram.config.sampleRate));
  const made = sounds.map(({ channels }) => channels[0]);
  const distances = await soundDistances(made, { mels, recordings: clips }, spectrogram, stftLoss);
  stftLoss.dispose();
  const { classes } = await judges.judgeSounds(sounds);
  return {
    ...distances,
    heard: hits(data.sounds.digits, classes),
    speed: await speedOf(vocode, mels),
  };
}

/** Seconds of sound a second, one mel at a time, over some of all kinds. */
async function speedOf(vocode: Vocode, mels: readonly Mel[]): Promise<number> {
  const some = mels.filter((_, i) => i % Math.ceil(mels.length / 32) === 0);
  for (const mel of some) await vocode([mel]); // until what runs is compiled
  const start = performance.now();
  let seconds = 0;
  for (const mel of some) {
    const [{ channels, sampleRate }] = await vocode([mel]);
    seconds += channels[0].length / sampleRate;
  }
  return seconds / ((performance.now() - start) / 1000);
}
