import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import '@tensorflow/tfjs-backend-cpu';
import type { StateDict } from '@visual-echoes/core';
import { readStateFile, writeStateFile } from '@visual-echoes/core/node';
import { writeTinyModel } from 'visual-echoes/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readDatasetFile, writeDatasetFile } from '../dataset/dataset-file.js';
import { findTokenizers, identify } from '../prepare/tokenizers.js';
import { datasetTokenizers } from './dataset-tokenizers.js';
import { writeTinyDataset } from './token-dataset.test.helper.js';

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'dataset-tokenizers-'));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

it('takes tokenizers whose decoders learnt on after the tokens were made, and refuses other encoders', async () => {
  const [model, tokens] = ['model', 'tokens'].map((name) => join(home, name)) as [string, string];
  await writeTinyModel(model);
  const image = { grid: [8, 8] as [number, number], vocabulary: 16 };
  await writeTinyDataset(tokens, { image, audio: { ...image, vocabulary: 24 } });
  const file = await readDatasetFile(tokens);
  if (file.holds !== 'tokens') expect.fail();
  await writeDatasetFile(tokens, { ...file, tokenizers: await identify(await findTokenizers({ model })) });
  const weights = join(model, 'image.safetensors');
  const open = async () => {
    const { tokenizers } = await datasetTokenizers({ model }, { folder: tokens, fields: file.fields });
    for (const tokenizer of Object.values(tokenizers)) tokenizer.dispose();
  };
  /** Changes the first number of the weights whose names match. */
  const change = async (names: RegExp) => {
    const state: StateDict = { ...(await readStateFile(weights)) };
    const changed = Object.keys(state).filter((name) => names.test(name));
    expect(changed).not.toEqual([]);
    for (const name of changed) {
      const { shape, data } = state[name]!;
      state[name] = { shape, data: data.map((value, i) => (i === 0 ? value + 1 : value)) };
    }
    await writeStateFile(weights, state);
  };
  await open();
  await change(/^(decoder|post_quant_conv)\./);
  await open();
  await change(/^quantize\.embedding/);
  await expect(open()).rejects.toThrow(
    /tokens "image" of .*tokens were made by other weights \(model\/image/,
  );
});
