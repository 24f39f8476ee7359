import { ConfigurationError, InvalidInputError } from '@visual-echoes/core';

/** libsamplerate's sinc converters: pass band of 97, 90 or 80 % of the lower rate's half. */
export type ResamplingQuality = 'best' | 'medium' | 'fast';

/** The most samples that may go into or come out of libsamplerate at once: its wrapper mishandles more. */
const MOST = 2 ** 20;

/**
 * Changes the sample rate of one channel, [n] → [round(n · toRate / fromRate)], by libsamplerate's
 * band-limited sinc interpolation (WebAssembly, loaded on first use). `'best'` takes about 50 ms for a
 * second of 44.1 kHz sound, the others 20 and 10 ms.
 *
 * @throws ConfigurationError for rates that are no positive whole numbers or more than 256 times apart.
 *
 * @example
 * const atModelRate = await resample(toMono(recording), recording.sampleRate, 8000);
 */
export async function resample(
  samples: Float32Array,
  fromRate: number,
  toRate: number,
  { quality = 'best' }: { quality?: ResamplingQuality } = {},
): Promise<Float32Array> {
  for (const rate of [fromRate, toRate]) {
    if (!Number.isInteger(rate) || rate < 1 || rate > 192_000) {
      throw new ConfigurationError(`A sample rate is a whole number of Hz from 1 to 192,000, not ${rate}.`);
    }
  }
  if (fromRate > 256 * toRate || toRate > 256 * fromRate) {
    throw new ConfigurationError(`${fromRate} Hz and ${toRate} Hz are more than 256 times apart.`);
  }
  const bad = samples.findIndex((x) => !Number.isFinite(x));
  if (bad >= 0) {
    throw new InvalidInputError(`Sample ${bad} of the sound is ${samples[bad]}. Check what made it.`);
  }
  if (fromRate === toRate || samples.length === 0) return samples.slice();

  const converter = await converterFor(fromRate, toRate, quality);
  const out = new Float32Array(Math.round((samples.length * toRate) / fromRate));
  // Where there are several blocks, each begins at an input sample that coincides with an output sample,
  // and they overlap by more than the filter's length, so that no seam is left.
  const divisor = greatestCommonDivisor(fromRate, toRate);
  const period = fromRate / divisor;
  const overlap = period * Math.ceil((512 * Math.max(1, fromRate / toRate)) / period);
  const most = Math.floor(MOST * Math.min(1, fromRate / toRate));
  const body = samples.length <= most ? samples.length : period * Math.floor((most - 2 * overlap) / period);
  for (let at = 0; at < samples.length; at += body) {
    const from = Math.max(0, at - overlap);
    const piece = converter.simple(samples.subarray(from, at + body + overlap));
    const skip = ((at - from) / period) * (toRate / divisor);
    const into = (at / period) * (toRate / divisor);
    const wanted = Math.ceil((body / period) * (toRate / divisor));
    out.set(piece.subarray(skip, skip + Math.min(wanted, out.length - into)), into);
  }
  return out;
}

type Library = typeof import('@alexanderolsen/libsamplerate-js');

type Converter = Awaited<ReturnType<Library['create']>>;

/** The converters used last, the latest at the end: one gets several times faster as the engine optimises its code. */
const converters = new Map<string, Promise<Converter>>();

/** As many are kept: a converter holds a megabyte of WebAssembly. */
const MOST_CONVERTERS = 4;

function converterFor(fromRate: number, toRate: number, quality: ResamplingQuality): Promise<Converter> {
  const key = `${fromRate} ${toRate} ${quality}`;
  const converterType = ({ best: 0, medium: 1, fast: 2 } as const)[quality];
  const converter =
    converters.get(key) ?? loadLibrary().then(({ create }) => create(1, fromRate, toRate, { converterType }));
  converters.delete(key);
  converters.set(key, converter);
  if (converters.size > MOST_CONVERTERS) converters.delete(converters.keys().next().value!);
  converter.catch(() => converters.delete(key));
  return converter;
}

/** The library is CommonJS: Node gives it as `default`, bundlers may give its names directly. */
async function loadLibrary(): Promise<Library> {
  const library = await import('@alexanderolsen/libsamplerate-js');
  return (library as { default?: Library }).default ?? library;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
