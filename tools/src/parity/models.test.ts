import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { selectBackend } from '@visual-echoes/backends/node';
import { ConfigurationError, permute, Random, type StateDict, VqModel } from '@visual-echoes/core';
import { writeStateFile } from '@visual-echoes/core/node';
import { beforeAll, describe, expect, it } from 'vitest';
import { modelOf } from './models.js';
import { readReferenceFolders } from './reference-folder.js';

describe('modelOf', () => {
  it('takes the longest name that the folder begins with', () => {
    expect(modelOf('/a/mage').model).toBe('mage');
    expect(modelOf('/a/mage-training-step/').model).toBe('mage-training-step');
    expect(modelOf('mage-seed2').model).toBe('mage');
    expect(modelOf('taming-vqgan_16').model).toBe('taming-vqgan');
  });

  it('refuses what is unknown', () => {
    expect(() => modelOf('magenta')).toThrow(/none of the reference models/);
    expect(() => modelOf('constructor')).toThrow(ConfigurationError);
  });
});

describe('a folder of a VQGAN', () => {
  const configuration = {
    ddconfig: {
      double_z: false,
      z_channels: 4,
      resolution: 8,
      in_channels: 3,
      out_ch: 3,
      ch: 32,
      ch_mult: [1, 1],
      num_res_blocks: 1,
      attn_resolutions: [4],
      dropout: 0.1,
    },
    n_embed: 8,
    embed_dim: 4,
  };
  const nchw = { shape: [1, 3, 8, 8], data: new Random(2).uniforms(192, -1, 1) };
  let io: StateDict;
  let weights: StateDict;

  beforeAll(async () => {
    await selectBackend({ prefer: 'cpu' });
    const model = new VqModel({ ...configuration, ddconfig: { ...configuration.ddconfig, dropout: 0 } });
    weights = await model.stateDict();
    const x = tf.tensor4d(permute(nchw.data, nchw.shape, [0, 2, 3, 1]), [1, 8, 8, 3]);
    const { indices } = model.encode(x);
    io = { x: nchw, indices: { shape: [1, 16], data: Float32Array.from(indices.dataSync()) } };
  });

  const rowsOf = async (outputs: StateDict) => {
    const folder = await mkdtemp(join(tmpdir(), 'parity-'));
    await writeFile(join(folder, 'config.json'), JSON.stringify(configuration));
    await writeStateFile(join(folder, 'weights.safetensors'), weights);
    await writeStateFile(join(folder, 'io.safetensors'), outputs);
    const [[, reference]] = await readReferenceFolders(folder);
    return modelOf('taming-vqgan').compare(reference);
  };

  it('passes on its own outputs', async () => {
    expect(await rowsOf(io)).toMatchObject([{ output: 'indices', pass: true, reference: 16 }]);
  });

  it('fails on others and on outputs that it does not know', async () => {
    const other = Float32Array.from(io['indices'].data, (index, i) => (i === 3 ? (index + 1) % 8 : index));
    const rows = await rowsOf({
      ...io,
      indices: { shape: [1, 16], data: other },
      recon: { shape: [1, 3, 8, 8], data: new Float32Array(192).fill(9) },
      attention: { shape: [1], data: Float32Array.of(1) },
    });
    expect(rows.map(({ output, pass }) => `${output} ${pass}`)).toEqual([
      'indices false',
      'recon false',
      'attention false',
    ]);
  });
});
