import { readFile } from 'node:fs/promises';
import { writeNpy, writeSafetensors } from '@visual-echoes/core';
import { writeWav } from '@visual-echoes/vq-audio';
import sharp from 'sharp';

const ramp = (n: number) => Float32Array.from({ length: n }, (_, i) => Math.sin(i / 3) / 2);

/** WAV files of every depth, one extensible, one with chunks of other kinds. */
export function wavSeeds(): Uint8Array[] {
  const stereo = { sampleRate: 8000, channels: [ramp(40), ramp(40)] };
  const plain = ([8, 16, 24, 32, 'float'] as const).map((bitDepth) => writeWav(stereo, { bitDepth }));
  const mono = writeWav({ sampleRate: 44_100, channels: [ramp(60)] });
  const [before, after] = [mono.subarray(0, 36), mono.subarray(36)];
  const list = Buffer.from('LIST\x04\0\0\0INFO', 'latin1');
  // WAVE_FORMAT_EXTENSIBLE: 24 bytes more, which say the valid bits, the speakers and the plain form's tag again.
  const extensible = Buffer.concat([before, Buffer.alloc(24)]);
  extensible.writeUInt32LE(40, 16);
  extensible.writeUInt16LE(0xfffe, 20);
  extensible.writeUInt16LE(22, 36);
  extensible.writeUInt16LE(16, 38);
  extensible.writeUInt16LE(1, 44);
  return [...plain, mono, Buffer.concat([before, list, after]), Buffer.concat([extensible, after])];
}

/** An MP3, an Ogg Vorbis and an Ogg Opus file, and the beginning of a FLAC file. */
export function soundSeeds(): Promise<Uint8Array[]> {
  const folder = new URL('../../../packages/vq-audio/fixtures/sounds/', import.meta.url);
  return Promise.all(
    ['mono.mp3', 'stereo.ogg', 'mono.opus', 'stereo.flac'].map(async (name) => {
      const bytes = await readFile(new URL(name, folder));
      return name.endsWith('flac') ? bytes.subarray(0, 12_000) : bytes;
    }),
  );
}

/** PNG files of a digit: grey, coloured, of 16 bits, with a palette, with transparency, interlaced. */
export async function pngSeeds(): Promise<Uint8Array[]> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" width="28" height="28">
    <path d="M30 25 H70 L45 80" fill="none" stroke="#000" stroke-width="9"/></svg>`;
  const clear = sharp(Buffer.from(svg));
  const paper = sharp(await clear.clone().flatten({ background: '#fff' }).png().toBuffer());
  const pictures = [
    paper.clone().toColourspace('b-w').png(),
    paper.clone().png(),
    paper.clone().toColourspace('rgb16').png(),
    paper.clone().png({ palette: true }),
    paper.clone().png({ progressive: true, adaptiveFiltering: true }),
    paper.clone().withMetadata({ orientation: 6 }).png(),
    clear.clone().png(),
  ];
  return Promise.all(pictures.map((picture) => picture.toBuffer()));
}

/** Safetensors files of both types, with text beside and without, with a scalar and with nothing in a tensor. */
export function safetensorsSeeds(): Uint8Array[] {
  const state = {
    'encoder.conv_in.weight': { shape: [2, 3, 1, 2], data: ramp(12) },
    'encoder.conv_in.bias': { shape: [2], data: ramp(2) },
    empty: { shape: [0, 4], data: new Float32Array(0) },
    scale: { shape: [], data: ramp(1) },
  };
  return [
    writeSafetensors(state),
    writeSafetensors(state, { type: 'f16', metadata: { format: 'pt', step: '1000' } }),
    writeSafetensors({ a: { shape: [3], data: ramp(3) } }),
    ...['F64', 'I64', 'I32', 'BF16', 'BOOL', 'U8'].map((dtype) => otherType(dtype)),
  ];
}

/** A file of two tensors of a type that we do not write. */
function otherType(dtype: string): Uint8Array {
  const bytes = { F64: 8, I64: 8, I32: 4, BF16: 2 }[dtype] ?? 1;
  const header = { a: { dtype, shape: [2], data_offsets: [0, 2 * bytes] } };
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, Buffer.alloc(2 * bytes, 1)]);
}

/** `.npy` files of several types and shapes, in both orders of bytes and of axes, of all versions. */
export function npySeeds(): Uint8Array[] {
  const plain = [
    writeNpy({ shape: [4, 5], data: ramp(20) }),
    writeNpy({ shape: [3], data: Float64Array.of(1, 2, 3) }),
    writeNpy({ shape: [2, 2], data: BigInt64Array.of(1n, 2n, 3n, 4n) }),
    writeNpy({ shape: [], data: Int32Array.of(7) }),
    writeNpy({ shape: [2, 0], data: new Uint8Array(0) }),
  ];
  const edited = (from: string, to: string) =>
    Uint8Array.from(Buffer.from(Buffer.from(plain[0]).toString('latin1').replace(from, to), 'latin1'));
  const [first] = plain;
  const second = Buffer.concat([
    first.subarray(0, 6),
    Buffer.from([2, 0, first[8], first[9], 0, 0]),
    first.subarray(10),
  ]);
  const third = Buffer.from(second);
  third[6] = 3;
  return [
    ...plain,
    edited("'fortran_order': False,", "'fortran_order': True, "),
    edited("'<f4'", "'>f4'"),
    second,
    third,
  ];
}

/** Checkpoints of PyTorch: both forms, plain and as Lightning nests them, of both byte orders. */
export function torchSeeds(): Promise<Uint8Array[]> {
  const folder = new URL('../../../packages/core/fixtures/torch/', import.meta.url);
  return Promise.all(
    ['plain.pth', 'plain.legacy.pt', 'lightning.ckpt', 'protocol-4.ckpt', 'big-endian.pth'].map(
      async (name) => new Uint8Array(await readFile(new URL(name, folder))),
    ),
  );
}
