#!/usr/bin/env node
// A picture and a mel through tokenizers of published size with random weights, each in a process of its own:
// times, and the most memory that was resident. node tools/dist/bench/published-size.js [ENGINE…]
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type BackendName, selectBackend } from '@visual-echoes/backends/node';
import { Random, type VqModelConfiguration, type VqTokenizer } from '@visual-echoes/core';
import { AudioTokenizer } from '@visual-echoes/vq-audio';
import { ImageTokenizer } from '@visual-echoes/vq-image';

const ddconfig = {
  z_channels: 256,
  resolution: 256,
  in_channels: 3,
  out_ch: 3,
  ch: 128,
  ch_mult: [1, 1, 2, 2, 4],
  num_res_blocks: 2,
  attn_resolutions: [16],
};
const taming: VqModelConfiguration = { ddconfig, n_embed: 1024, embed_dim: 256 };
const ofMels = { ...ddconfig, resolution: 848, in_channels: 1, out_ch: 1, attn_resolutions: [53] };
const random = new Random(1);

const image = (configuration: VqModelConfiguration) => () => ({
  tokenizer: new ImageTokenizer(configuration, { width: 256, height: 256, channels: 3 }),
  media: {
    width: 256,
    height: 256,
    channels: 3,
    data: Uint8Array.from(random.uniforms(256 * 256 * 3, 0, 256)),
  },
});

const models: Record<string, () => { tokenizer: unknown; media: unknown }> = {
  'taming, picture 256×256': image(taming),
  'MaskGIT, picture 256×256': image({ ...taming, architecture: 'maskgit' }),
  'SpecVQGAN, mel 80×848': () => ({
    tokenizer: new AudioTokenizer({ ...taming, ddconfig: ofMels }, { bands: 80, frames: 848 }),
    media: { bands: 80, frames: 848, data: random.uniforms(80 * 848, 0, 1) },
  }),
};

interface Figures {
  start: number;
  encode: number;
  decode: number;
  again: number;
  peakMegabytes: number;
}

async function measure(engine: string, name: string): Promise<Figures> {
  await selectBackend({ prefer: engine as BackendName, selfCheck: false });
  const began = performance.now();
  const { tokenizer, media } = models[name]() as { tokenizer: VqTokenizer<unknown>; media: unknown };
  // Draws all weights, as loading would set them.
  for (const parameter of tokenizer.namedParameters().values()) void parameter.value;
  const timed = async <T>(run: () => Promise<T>): Promise<[T, number]> => {
    const from = performance.now();
    const result = await run();
    return [result, performance.now() - from];
  };
  const start = performance.now() - began;
  const [tokens, encode] = await timed(() => tokenizer.encode([media]));
  const [, decode] = await timed(() => tokenizer.decode(tokens));
  const [, again] = await timed(async () => tokenizer.decode(await tokenizer.encode([media])));
  return { start, encode, decode, again, peakMegabytes: process.resourceUsage().maxRSS / 1024 };
}

const [first, ...rest] = process.argv.slice(2);
if (first === '--one') {
  console.log(JSON.stringify(await measure(rest[0], rest[1])));
  process.exit(0);
}
const engines = first ? [first, ...rest] : ['tensorflow', 'wasm'];
const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(1)} s`;
for (const name of Object.keys(models)) {
  for (const engine of engines) {
    const script = fileURLToPath(import.meta.url);
    const output = execFileSync(process.execPath, [script, '--one', engine, name], { encoding: 'utf8' });
    const { start, encode, decode, again, peakMegabytes } = JSON.parse(
      output.trim().split('\n').pop()!,
    ) as Figures;
    console.log(
      `${name}, ${engine}: weights ${seconds(start)}, encode ${seconds(encode)}, decode ${seconds(decode)}, ` +
        `both again ${seconds(again)}; at most ${Math.round(peakMegabytes)} MB resident`,
    );
  }
}
