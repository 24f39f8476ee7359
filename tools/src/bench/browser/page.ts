// What `pnpm bench:browser` opens: one page for each engine, so that every shader is new to it.
import * as tf from '@tensorflow/tfjs-core';
import { warmUp } from '@visual-echoes/backends';
import { type BackendName, selectBackend } from '@visual-echoes/backends/browser';
import { Random, VqModel } from '@visual-echoes/core';
import { MaskedTransformer, maskBatch } from '@visual-echoes/masked-transformer';
import { createGenerator } from '@visual-echoes/vq-audio';
import { DIGITS_TRANSFORMER, DIGITS_VOCODER } from '../digits-configurations.js';

export interface FirstUseRequest {
  engine: BackendName;
  wasmPaths: string;
  /** Whether shaders are compiled ahead. */
  warm: boolean;
}

/** Milliseconds until the result could be read. */
export interface FirstUse {
  name: string;
  warmUp: number;
  first: number;
  /** Those after it. */
  later: number[];
}

const LATER = 5;

/** Networks of the digits model's size, with random weights. */
const networks: Record<string, () => () => tf.Tensor> = {
  'transformer, a guided step': () => {
    const model = new MaskedTransformer(DIGITS_TRANSFORMER, { random: new Random(1) });
    const canvas = {
      image: new Int32Array(64),
      audio: new Int32Array(64),
      label: new Int32Array(1),
      voice: new Int32Array(1),
    };
    const batch = maskBatch(model.fields, [canvas, canvas], { dropShare: 0 }, new Random(2));
    return () => model.forward(batch);
  },
  'sound tokens → mel': () => {
    const model = new VqModel(
      {
        ddconfig: {
          resolution: 64,
          in_channels: 1,
          out_ch: 1,
          z_channels: 64,
          ch: 16,
          ch_mult: [1, 2, 4, 8],
          num_res_blocks: 1,
          attn_resolutions: [],
          norm_groups: 16,
        },
        n_embed: 256,
        embed_dim: 16,
      },
      { random: new Random(1) },
    );
    return () => model.decodeIndices(tf.zeros([1, 64], 'int32'), [8, 8]);
  },
  'mel → sound': () => {
    const generator = createGenerator(
      { type: 'vocos', configuration: DIGITS_VOCODER },
      { random: new Random(1) },
    );
    const mel = tf.keep(tf.zeros<tf.Rank.R3>([1, 64, 64]));
    return () => generator.forward(mel);
  },
};

async function measureFirstUses({
  engine,
  wasmPaths,
  warm,
}: FirstUseRequest): Promise<{ label: string; uses: FirstUse[] }> {
  // The check would compile shaders of its own, which ours share.
  const { label } = await selectBackend({ prefer: engine, wasmPaths, selfCheck: false });
  const uses: FirstUse[] = [];
  for (const [name, prepare] of Object.entries(networks)) {
    const run = prepare();
    const use = () =>
      timed(async () => {
        const result = tf.tidy(run);
        await result.data();
        result.dispose();
      });
    const warmed = warm ? await timed(() => warmUp(run)) : 0;
    const first = await use();
    const later: number[] = [];
    for (let i = 0; i < LATER; i++) later.push(await use());
    uses.push({ name, warmUp: warmed, first, later });
  }
  return { label, uses };
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await run();
  return performance.now() - began;
}

Object.assign(globalThis, { measureFirstUses });
