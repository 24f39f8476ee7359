import { InvalidInputError, VisualEchoesError } from '@visual-echoes/core';
import { resample, toMono } from '@visual-echoes/vq-audio';
import { readSound } from '../media/read-sound.js';

/**
 * Reads a sound as one channel of `sampleRate`, [samples].
 * @throws FileAccessError; InvalidInputError for what is damaged, empty, of another kind, or not finite; both name the file.
 */
export async function readMono(path: string, sampleRate: number): Promise<Float32Array> {
  const sound = await readSound(path);
  try {
    const mono = toMono(sound);
    if (mono.length === 0) throw new InvalidInputError('it has no samples. Record or export it again.');
    // What it damps, above 90 % of the lower rate's half, is above the bands of mels, and `best` takes twice as long.
    return await resample(mono, sound.sampleRate, sampleRate, { quality: 'medium' });
  } catch (cause) {
    if (!(cause instanceof VisualEchoesError)) throw cause;
    throw new InvalidInputError(`${path}: ${cause.message}`, { cause });
  }
}
