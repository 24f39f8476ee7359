import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readStateFile } from '@visual-echoes/core/node';
import { transformerSizes } from '@visual-echoes/masked-transformer';
import { writeTinyModel } from 'visual-echoes/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { build, visualEchoes } from '../cli.test.helper.js';
import { stepOf } from '../curves/event.js';
import { EVENT_FILE } from '../curves/event-file.js';
import { readTfRecords } from '../curves/tf-record.js';
import { readJsonFile } from '../data/read-json-file.js';
import { datasetTransformerFile } from './dataset-transformer-file.js';
import { preparePart } from './prepare-part.js';
import { configurationOver } from './run-dataset-transformer.js';
import { writeTinyDataset } from './token-dataset.test.helper.js';

let home: string;
beforeAll(async () => {
  build();
  home = mkdtempSync(join(tmpdir(), 'dataset-training-'));
  await writeTinyDataset(join(home, 'tokens'));
}, 120_000);
afterAll(() => rmSync(home, { recursive: true, force: true }));

const tiny = {
  embedDim: 8,
  depth: 1,
  numHeads: 2,
  decoderEmbedDim: 8,
  decoderDepth: 1,
  decoderNumHeads: 2,
};
const settings = {
  dataset: 'tokens',
  configuration: tiny,
  shardsTogether: 2,
  label: true,
  masking: { fields: { label: { masked: 0.8, weight: 0.2 } } },
  training: {
    steps: 24,
    batchSize: 4,
    baseRate: 0.3,
    warmup: 2,
    betas: [0.9, 0.95],
    weightDecay: 0.05,
    clipNorm: 3,
    emaDecay: 0.9,
    validateEvery: 8,
    checkpointEvery: 5,
    logEvery: 1,
  },
  validation: { clips: 5, ratios: [0.5, 1], batchSize: 3 },
};

function put(name: string, changes: object = {}, training: object = {}): string {
  const path = join(home, `${name}.json`);
  const all = { ...settings, ...changes, training: { ...settings.training, ...training } };
  writeFileSync(path, JSON.stringify(all));
  return path;
}

const train = (
  config: string,
  out: string,
  more: readonly string[] = [],
  options: Partial<Parameters<typeof visualEchoes>[1]> = {},
) =>
  visualEchoes(['train', 'transformer', '--config', config, '--out', out, ...more], {
    cwd: home,
    ...options,
  });

async function trained(...args: Parameters<typeof train>) {
  const outcome = await train(...args);
  expect(outcome, outcome.stderr).toMatchObject({ code: 0 });
  return outcome;
}

/** A run's log without what a clock says. */
const log = (out: string) =>
  readFileSync(join(home, out, 'log.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => {
      const { milliseconds: _, dataMilliseconds: __, megabytes: ___, ...rest } = JSON.parse(line);
      return rest;
    });

const events = (out: string) =>
  [...readTfRecords(readFileSync(join(home, out, EVENT_FILE)))].map(({ data }) => stepOf(data));

const weights = (out: string) => readStateFile(join(home, out, 'weights.safetensors'));

describe('a transformer over a dataset of tokens', () => {
  it('goes on after SIGKILL with the same batches, bit for bit, and with the same curves', async () => {
    const config = put('whole');
    const { stderr } = await trained(config, 'whole');
    expect(stderr).toMatch(/^step 24\/24: loss .*label.* \(\d+ ms, data [\d.]+ ms\)$/m);
    expect(stderr).toMatch(/^validation at step 16: image 50 % .*image→audio link /m);

    const killed = await train(config, 'killed', [], { interruptAt: /^step 13\//m, interruptBy: 'SIGKILL' });
    expect(killed.code).not.toBe(0);
    expect(log('killed').at(-1).step).toBeGreaterThan(12); // the last checkpoint is of step 10
    await trained(config, 'killed', ['--resume']);

    expect(log('killed')).toEqual(log('whole'));
    expect(events('killed')).toEqual(events('whole'));
    expect(await weights('killed')).toEqual(await weights('whole'));
  }, 120_000);

  it('learns which sound goes with which picture, in constant memory', async () => {
    await trained(put('long', {}, { steps: 400, validateEvery: 400, checkpointEvery: 400 }), 'long');
    const memory = readFileSync(join(home, 'long/log.jsonl'), 'utf8').trim().split('\n');
    const at = (step: number) => JSON.parse(memory[step - 1]).megabytes;
    // 64 epochs; what garbage there is between two collections is far below this.
    expect(at(400) - at(100)).toBeLessThan(150);
    const { validation } = log('long').at(-1);
    expect(validation['image→audio link']).toBeGreaterThan(0.3);
    expect(validation['image→audio shuffled'] - validation['image→audio']).toBeCloseTo(
      validation['image→audio link'],
      10,
    );
    expect(validation['audio 100 %']).toBeGreaterThan(validation['audio 50 %']);
  }, 120_000);

  it('computes the same in parts, but for rounding', async () => {
    const configuration = { ...tiny, dropout: 0 };
    await trained(put('one', { configuration }, { steps: 6 }), 'one');
    await trained(put('four', { configuration }, { steps: 6, accumulate: 3 }), 'four');
    const [one, four] = [log('one'), log('four')];
    one.forEach(({ loss, gradientNorm }, i) => {
      if (loss === undefined) return; // a validation
      expect(four[i].loss).toBeCloseTo(loss, 4);
      expect(four[i].gradientNorm).toBeCloseTo(gradientNorm, 3);
    });
  }, 120_000);

  it('makes sheets of samples and a whole model, with the tokenizers of a model folder', async () => {
    await writeTinyModel(join(home, 'tokenizers'));
    await writeTinyDataset(join(home, 'same'), {
      image: { grid: [8, 8], vocabulary: 16 },
      audio: { grid: [8, 8], vocabulary: 24 },
    });
    const samples = { every: 2, count: 2, steps: 2 };
    const config = put('sampled', { samples }, { steps: 2, validateEvery: 2 });
    await trained(config, 'sampled', ['--dataset', 'same', '--model', 'tokenizers']);
    for (const name of ['pictures-00000002.png', 'mels-00000002.png']) {
      expect(
        readFileSync(join(home, 'sampled/samples', name))
          .subarray(1, 4)
          .toString(),
      ).toBe('PNG');
    }
    const made = await visualEchoes(
      ['generate', '--to', 'both', '--model', 'sampled/model', '--label', 'dog', '--json'],
      { cwd: home },
    );
    expect(JSON.parse(made.stdout).results, made.stderr).toMatchObject([{ label: 'dog' }]);

    const codes = put('codes', { embeddings: 'codes', similarCodes: { image: 0.1 } }, { steps: 2 });
    await trained(codes, 'codes', ['--dataset', 'same', '--model', 'tokenizers']);
    expect(log('codes')[0].loss).not.toBe(log('sampled')[0].loss);
    expect((await train(codes, 'no-codes', ['--dataset', 'same'])).stderr).toMatch(
      /^error: "embeddings": "codes" needs the codebooks; name the tokenizers/m,
    );

    const model = { name: 'mine', sampling: { imageToAudio: { steps: 2 } }, license: 'MIT' };
    const named = put('named', { samples, model }, { steps: 2, validateEvery: 2 });
    const parts = ['--image-tokenizer', 'tokenizers', '--audio-tokenizer', 'tokenizers'];
    await trained(named, 'named', ['--dataset', 'same', ...parts]);
    const manifest = JSON.parse(readFileSync(join(home, 'named/model/visual-echoes.json'), 'utf8'));
    expect(manifest).toMatchObject({ ...model, parts: { audio: { weights: 'audio.safetensors' } } });
    expect((await train(named, 'half', ['--dataset', 'same', ...parts.slice(0, 2)])).stderr).toMatch(
      /There is no audio tokenizer; name one with --audio-tokenizer/,
    );
    const wrong = put('wrong-model', { model: { sampling: { imageToAudio: { order: { type: 'luck' } } } } });
    expect((await train(wrong, 'luck', ['--dataset', 'same', ...parts])).stderr).toMatch(
      /^error: the model folder: sampling\.imageToAudio\.order/m,
    );

    expect(await train(config, 'no', ['--model', 'tokenizers'])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /^error: The tokenizer "image" of .* makes .* and .*tokens has 2×3 out of 12/m,
      ),
    });
  }, 120_000);

  it('says what does not fit, before anything is begun', async () => {
    const prepare = (config: string, dataset?: string) =>
      preparePart('transformer', config, {
        out: join(home, 'none'),
        dataset: dataset && join(home, dataset),
        data: () => expect.fail('these tokens are not of MNIST'),
      });
    const refused = (changes: object, training: object = {}, dataset?: string) =>
      expect(prepare(put('wrong', changes, training), dataset)).rejects;
    const image = { name: 'image', grid: [2, 3], vocabulary: 1024 };
    await refused({ fields: [image] }).toThrow(
      /^The training file is for "image" of 2×3 tokens out of 1024, and .*tokens has "image" of 2×3 tokens out of 12; prepare/,
    );
    await refused({ fields: [{ ...image, name: 'depth' }] }).toThrow(/has no field "depth"/);
    await refused({ splits: { train: 'train', validation: 'test' } }).toThrow(
      /tokens has 0 clips of the split "test"; 2 or more are needed/,
    );
    await writeTinyDataset(join(home, 'unlabelled'), { labels: [] });
    await refused({}, {}, 'unlabelled').toThrow(/unlabelled names no labels; set "label" to false/);
    await refused({}, {}, 'nowhere').toThrow(/nowhere.*does not exist/);
    await refused({ dataset: undefined }).toThrow(/wrong\.json names no dataset; add "dataset"/);
    await refused({ configuration: 'huge' }).toThrow(/: configuration: must be one of paper, medium, small/);
    await refused({}, { accumulate: 5 }).toThrow(/: training\.accumulate: 4 samples cannot be cut into 5 /);
    await refused({ samples: { every: 3 } }).toThrow(/: samples\.every: samples are made at validations/);
    await refused({ masking: { ratio: 0.5 } }).toThrow(/: masking\.ratio/);

    // A run may not go on with other clips; where they lie does not matter.
    await writeTinyDataset(join(home, 'moved'));
    await writeTinyDataset(join(home, 'other'), { shards: [7, 5, 9, 5] });
    const { fingerprint } = await prepare(put('right'));
    expect((await prepare(put('right'), 'moved')).fingerprint).toBe(fingerprint);
    expect((await prepare(put('right'), 'other')).fingerprint).not.toBe(fingerprint);
  });
});

it('publishes the paper’s configuration and a smaller one', async () => {
  for (const size of ['paper', 'medium'] as const) {
    const path = new URL(`../../training/${size}.json`, import.meta.url);
    const file = await readJsonFile(path.pathname, datasetTransformerFile);
    expect(configurationOver([], file.configuration)).toEqual({ ...transformerSizes[size], fields: [] });
    expect(file.fields).toEqual([
      { name: 'image', grid: [16, 16], vocabulary: 1024 },
      { name: 'audio', grid: [5, 53], vocabulary: 1024 },
    ]);
    expect(file).toMatchObject({ labelSmoothing: 0.1, training: { clipNorm: 3, betas: [0.9, 0.95] } });
  }
});
