import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { readPicture } from '@visual-echoes/cli/dist/media/read-picture.js';
import { openCheckpoint, readNpy, readSafetensors, readTensors } from '@visual-echoes/core';
import { readWav, type Waveform } from '@visual-echoes/vq-audio';
import { decodeSound } from '@visual-echoes/vq-audio/decode';
import { type Picture, toMnistForm } from '@visual-echoes/vq-image';
import { npySeeds, pngSeeds, safetensorsSeeds, soundSeeds, torchSeeds, wavSeeds } from './seeds.js';

/** A reader to be fuzzed. */
export interface FuzzReader {
  /** Small files that it reads. */
  seeds(): Uint8Array[] | Promise<Uint8Array[]>;
  /** Reads one; whatever it throws must be a `VisualEchoesError`. */
  read(bytes: Uint8Array): unknown;
  /** Makes a mutated file's checksums right, in place, so that more than these is tested; done to every other input. */
  repair?(bytes: Uint8Array): void;
}

/** What `pnpm fuzz` fuzzes, by the names that it takes. */
export const READERS: Readonly<Record<string, FuzzReader>> = {
  wav: {
    seeds: wavSeeds,
    read: (bytes) => checkSound(readWav(bytes)),
  },
  picture: {
    seeds: pngSeeds,
    read: async (bytes) => {
      const picture = await readPictureFrom(bytes);
      const { width, height, channels, data } = picture;
      if (data.length !== width * height * channels) throw new Error('odd picture');
      toMnistForm(picture);
    },
    repair: repairPng,
  },
  sound: {
    seeds: soundSeeds,
    read: async (bytes) => checkSound(await decodeSound(bytes)),
  },
  safetensors: { seeds: safetensorsSeeds, read: readSafetensors },
  torch: { seeds: torchSeeds, read: async (bytes) => readTensors(await openCheckpoint(bytes)) },
  npy: { seeds: npySeeds, read: readNpy },
};

/** Throws where a sound is none: channels of different length, samples that are not finite. */
function checkSound({ channels }: Waveform): void {
  const [{ length }] = channels;
  if (length === 0 || channels.some((channel) => channel.length !== length)) throw new Error('odd channels');
  if (!channels.every((channel) => channel.every(Number.isFinite))) throw new Error('no finite samples');
}

let folder: string | undefined;
let files = 0;

/** Pictures are read from files; each has a name of its own, by which libvips keeps what it has read. */
async function readPictureFrom(bytes: Uint8Array): Promise<Picture> {
  folder ??= mkdtempSync(join(tmpdir(), 'visual-echoes-fuzz-'));
  const path = join(folder, String(files++));
  writeFileSync(path, bytes);
  try {
    return await readPicture(path);
  } finally {
    rmSync(path);
  }
}

process.once('exit', () => folder && rmSync(folder, { recursive: true, force: true }));

/** Every chunk's checksum, as far as the lengths lead. */
function repairPng(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 8; at + 12 <= bytes.length; ) {
    const end = at + 8 + view.getUint32(at);
    if (end + 4 > bytes.length) return;
    view.setUint32(end, crc32(bytes.subarray(at + 4, end)));
    at = end + 4;
  }
}
