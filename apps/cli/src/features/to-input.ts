import {
  MEL_SPECVQGAN,
  type MelConfig,
  MelSpectrogram,
  resample,
  type Waveform,
} from '@visual-echoes/vq-audio';
import { coverPicture, type Picture } from '@visual-echoes/vq-image';
import { melOfAnyLength } from '../prepare/clip-form.js';
import type { Medium } from './feature-network.js';
import type { NetworkInput } from './network-file.js';

/** One medium as a network takes it, without the batch's axis. */
export interface NetworkTensor {
  data: Float32Array;
  shape: number[];
}

/** What an input form is made of. */
export const mediumOf = ({ type }: NetworkInput): Medium => (type === 'picture' ? 'picture' : 'sound');

/** Brings media to a network's input form, one by one. */
export function toInput(input: NetworkInput): (medium: Picture | Waveform) => Promise<NetworkTensor> {
  if (input.type === 'picture') return async (one) => pictureTensor(one as Picture, input);
  if (input.type === 'waveform') {
    return async (one) => ({
      data: fitted(await mono(one as Waveform, input.sampleRate), input.samples),
      shape: [input.samples],
    });
  }
  const config = { ...melOfAnyLength(MEL_SPECVQGAN), ...input.mel } as MelConfig;
  const spectrogram = new MelSpectrogram(config);
  return async (one) => {
    const samples = await mono(one as Waveform, config.sampleRate);
    // Long enough for the wanted frames and for the reflection at the ends.
    const least = Math.max(config.fftSize, (input.frames - 1) * config.hopLength + 1);
    const { data, frames } = spectrogram.forward(samples.length < least ? fitted(samples, least) : samples);
    return melTensor({ data, frames, bands: config.melBands }, input);
  };
}

function pictureTensor(
  picture: Picture,
  {
    width,
    height,
    channels,
    range: [low, high],
    mean = [],
    deviation = [],
    layout,
  }: Extract<NetworkInput, { type: 'picture' }>,
): NetworkTensor {
  const { data } = coverPicture(picture, { width, height, channels });
  const size = width * height;
  const out = new Float32Array(size * channels);
  for (let i = 0; i < size; i++) {
    for (let c = 0; c < channels; c++) {
      const value = low + ((high - low) * data[i * channels + c]) / 255;
      out[layout === 'nchw' ? c * size + i : i * channels + c] =
        (value - (mean[c] ?? 0)) / (deviation[c] ?? 1);
    }
  }
  return { data: out, shape: layout === 'nchw' ? [channels, height, width] : [height, width, channels] };
}

function melTensor(
  { data, frames: have, bands }: { data: Float32Array; frames: number; bands: number },
  { frames, range: [low, high], layout }: Extract<NetworkInput, { type: 'mel' }>,
): NetworkTensor {
  const bandsFirst = layout.indexOf('b') < layout.indexOf('t');
  const out = new Float32Array(bands * frames).fill(low);
  for (let band = 0; band < bands; band++) {
    for (let frame = 0; frame < Math.min(have, frames); frame++) {
      const value = low + (high - low) * data[band * have + frame];
      out[bandsFirst ? band * frames + frame : frame * bands + band] = value;
    }
  }
  const sizes = { c: 1, b: bands, t: frames };
  return { data: out, shape: [...layout.slice(1)].map((axis) => sizes[axis as keyof typeof sizes]) };
}

/** The mean of all channels at another rate. */
function mono({ channels, sampleRate }: Waveform, rate: number): Promise<Float32Array> {
  const [first] = channels;
  const mixed =
    channels.length === 1
      ? first
      : first.map((_, i) => channels.reduce((sum, channel) => sum + channel[i] / channels.length, 0));
  return resample(mixed, sampleRate, rate);
}

/** Cut, or followed by silence. */
function fitted(samples: Float32Array, length: number): Float32Array {
  const out = new Float32Array(length);
  out.set(samples.subarray(0, length));
  return out;
}
