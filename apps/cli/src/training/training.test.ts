import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random, type StateDict } from '@visual-echoes/core';
import { readStateFile, writeStateFile } from '@visual-echoes/core/node';
import { readWav, writeWav } from '@visual-echoes/vq-audio';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { build, visualEchoes } from '../cli.test.helper.js';
import { idxFile } from '../data/mnist.test.helper.js';

let home: string;

beforeAll(() => {
  build();
  home = mkdtempSync(join(tmpdir(), 'training-'));
  writePictures();
  writeRecordings();
}, 120_000);
afterAll(() => rmSync(home, { recursive: true, force: true }));

const random = new Random(1);

/** Pictures of two classes, the last 1,000 of which are for validation. */
function writePictures(): void {
  const count = 1010;
  mkdirSync(join(home, 'data/mnist'), { recursive: true });
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 2);
  const pixels = Uint8Array.from({ length: count * 784 }, () => random.integer(256));
  const put = (name: string, bytes: Uint8Array) => writeFileSync(join(home, 'data/mnist', name), bytes);
  put('train-images-idx3-ubyte', idxFile([count, 28, 28], pixels));
  put('train-labels-idx1-ubyte', idxFile([count], labels));
}

/** Both classes, for training and for validation. */
function writeRecordings(): void {
  mkdirSync(join(home, 'data/fsdd'), { recursive: true });
  for (const name of ['0_ann_5', '0_ann_8', '1_bob_5', '1_bob_8']) {
    const noise = Float32Array.from({ length: 4000 }, () => random.uniform(-0.5, 0.5));
    const sound = writeWav({ sampleRate: 8000, channels: [noise] });
    writeFileSync(join(home, `data/fsdd/${name}.wav`), sound);
  }
}

const digits = (name: string) =>
  JSON.parse(
    readFileSync(new URL(`../../../../packages/model-digits/training/${name}.json`, import.meta.url), 'utf8'),
  );

/** The configuration of the digits model in small, with `changes`. */
function configuration(name: string, changes: object): string {
  const { start: _, configuration, training, ...rest } = digits(name);
  const small = configuration.ddconfig
    ? { ...configuration, ddconfig: { ...configuration.ddconfig, ch: 4, z_channels: 4, norm_groups: 2 } }
    : { ...configuration, embedDim: 8, depth: 1, numHeads: 2, decoderEmbedDim: 8, decoderDepth: 1 };
  if (configuration.ddconfig) small.n_embed = 8;
  else small.decoderNumHeads = 2;
  const settings = { ...rest, configuration: small, training: { ...training, steps: 2, batchSize: 2 } };
  const path = join(home, `${name}.json`);
  writeFileSync(path, JSON.stringify({ ...settings, ...changes }));
  return path;
}

/** The digits model's vocoder in small, its discriminators too. */
function vocoderConfiguration(tokenizer?: string): string {
  const { configuration, adversarial, training, ...rest } = digits('vocoder');
  const [resolutions] = adversarial.discriminators;
  const layers = [{ channels: 2, kernelSize: 5, stride: 2, groups: 1 }];
  const settings = {
    ...rest,
    start: undefined,
    configuration: { ...configuration, dim: 8, intermediate_dim: 8, num_layers: 1 },
    segment: 1024,
    reconstructions: tokenizer && { tokenizer, share: 0.5 },
    adversarial: {
      ...adversarial,
      start: 2,
      discriminators: [
        { ...resolutions, channels: 2 },
        { type: 'multi-period', periods: [2, 3], channels: [2, 2] },
        { type: 'multi-scale', scales: 2, layers },
      ],
    },
    training: { ...training, steps: 3, batchSize: 2 },
  };
  const path = join(home, 'vocoder.json');
  writeFileSync(path, JSON.stringify(settings));
  return path;
}

async function train(part: string, config: string, out: string, ...more: string[]) {
  return visualEchoes(['train', part, '--config', config, '--data', 'data', '--out', out, ...more], {
    cwd: home,
  });
}

async function trained(...args: Parameters<typeof train>): Promise<void> {
  const outcome = await train(...args);
  expect(outcome, outcome.stderr).toMatchObject({ code: 0 });
}

const weights = (folder: string) => readStateFile(join(home, folder, 'weights.safetensors'));

it('trains every part, goes on, and starts from what was trained before', async () => {
  await trained('image-tokenizer', configuration('image-tokenizer-64', {}), 'image');
  await trained('audio-tokenizer', configuration('audio-tokenizer-256', {}), 'audio-first');

  // The decoder alone: the tokens stay.
  const decoder = configuration('audio-tokenizer', { start: 'audio-first' });
  await trained('audio-tokenizer', decoder, 'audio');
  const [before, after] = [await weights('audio-first'), await weights('audio')];
  for (const [name, { data }] of Object.entries(before)) {
    const same = after[name].data.every((value, i) => value === data[i]);
    expect(same, name).toBe(!/^(decoder|post_quant_conv)\./.test(name));
  }

  await trained('vocoder', vocoderConfiguration('audio'), 'vocoder');

  const folders = { imageTokenizer: 'image', audioTokenizer: 'audio' };
  const { model: said } = digits('transformer-first');
  const whole = configuration('transformer-first', {
    ...folders,
    model: { ...said, vocoder: { folder: 'vocoder' } },
  });
  await trained('transformer', whole, 'first', '--until', '1');
  expect(await train('transformer', whole, 'first')).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/first holds a run already; add --resume/),
  });
  await trained('transformer', whole, 'first', '--resume');

  // At a rate of almost nothing the weights are those that it started from; tokenizers may be a model's.
  const { model } = JSON.parse(readFileSync(whole, 'utf8'));
  const ofModel = { imageTokenizer: 'first/model', audioTokenizer: 'first/model', start: 'first', model };
  const settings = ['--set', 'training.learningRate=1e-30', '--set', 'training.minimumRate=0'];
  await trained('transformer', configuration('transformer', ofModel), 'second', ...settings);
  const [first, second] = [await weights('first'), await weights('second')];
  for (const [name, { data }] of Object.entries(first)) {
    const furthest = data.reduce(
      (most, value, i) => Math.max(most, Math.abs(value - second[name].data[i])),
      0,
    );
    expect(furthest, name).toBeLessThan(1e-6); // the average of equal weights rounds
  }

  const made = await visualEchoes(
    ['generate', '--to', 'both', '--model', 'second/model', '--label', 'one', '--json'],
    { cwd: home },
  );
  expect(JSON.parse(made.stdout).results).toMatchObject([{ label: 'one', picture: 'sample-0001.png' }]);

  // By the vocoder that was trained.
  const manifest = JSON.parse(readFileSync(join(home, 'first/model/visual-echoes.json'), 'utf8'));
  expect(manifest.parts.audio.vocoder).toMatchObject({ type: 'vocos', weights: 'vocoder.safetensors' });
  const heard = await visualEchoes(
    ['generate', '--to', 'both', '--model', 'first/model', '--out', 'heard', '--json'],
    {
      cwd: home,
    },
  );
  const [{ sound }] = JSON.parse(heard.stdout).results;
  const { channels } = readWav(readFileSync(join(home, sound)));
  expect(channels[0]).toHaveLength(8192);
}, 480_000);

it('goes on with a vocoder and its discriminators, bit for bit', async () => {
  const config = vocoderConfiguration(); // discriminators from the second step on
  for (const [out, ...more] of [['spoken'], ['parts', '--until', '2'], ['parts', '--resume']]) {
    await trained('vocoder', config, out, ...more);
  }
  expect(await weights('parts')).toEqual(await weights('spoken'));
}, 240_000);

it('finishes a decoder against a discriminator, and goes on from a checkpoint bit for bit', async () => {
  await trained('image-tokenizer', configuration('image-tokenizer-64', {}), 'plain');
  const { training, adversarial } = digits('image-tokenizer-adversarial');
  const config = configuration('image-tokenizer-adversarial', {
    start: 'plain',
    adversarial: { ...adversarial, start: 1, ndf: 2 },
    training: { ...training, steps: 4, batchSize: 2, emaDecay: 0.5 },
  });
  await trained('image-tokenizer', config, 'whole');
  await trained('image-tokenizer', config, 'broken', '--until', '2');
  const checkpoint = (folder: string) => readStateFile(join(home, folder, 'checkpoint.safetensors'));
  const early = await checkpoint('broken');
  await trained('image-tokenizer', config, 'broken', '--resume');

  const [whole, broken] = [await checkpoint('whole'), await checkpoint('broken')];
  expect(broken).toEqual(whole);
  expect(await weights('broken')).toEqual(await weights('whole'));
  for (const name of ['discriminator.main.0.weight', 'discriminator.optimizer.second.main.2.weight']) {
    expect(whole[name].data, name).not.toEqual(early[name].data);
  }
  // From the second step on, three times a step: twice in its own turn, once in the decoder's.
  expect(whole['discriminator.main.3.num_batches_tracked'].data).toEqual(Float32Array.of(9));

  const [before, after] = [await weights('plain'), await weights('whole')];
  for (const [name, { data }] of Object.entries(before)) {
    const same = after[name].data.every((value, i) => value === data[i]);
    expect(same, name).toBe(!/^(decoder|post_quant_conv)\./.test(name));
  }
}, 240_000);

it('compares pictures by LPIPS too, where its weights are named', async () => {
  const channels = [2, 2, 2, 2, 2];
  const tensor = (...shape: number[]) => {
    const data = random.uniforms(
      shape.reduce((a, b) => a * b),
      0,
      0.5,
    );
    return { shape, data };
  };
  const vgg16: StateDict = { 'classifier.0.weight': tensor(3, 3) };
  [0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28].forEach((layer, i) => {
    vgg16[`features.${layer}.weight`] = tensor(2, i === 0 ? 3 : 2, 3, 3);
    vgg16[`features.${layer}.bias`] = tensor(2);
  });
  const linear = Object.fromEntries(
    channels.map((count, level) => [`lin${level}.model.1.weight`, tensor(1, count, 1, 1)]),
  );
  await writeStateFile(join(home, 'vgg16.safetensors'), vgg16);
  await writeStateFile(join(home, 'vgg.safetensors'), linear);
  const perceptual = { vgg16: 'vgg16.safetensors', linear: 'vgg.safetensors', weight: 0.5 };
  await trained('image-tokenizer', configuration('image-tokenizer-64', { perceptual }), 'perceptual');
  const [first] = readFileSync(join(home, 'perceptual/log.jsonl'), 'utf8').split('\n');
  expect(JSON.parse(first).perceptual, first).toBeGreaterThan(0);

  const swapped = { ...perceptual, linear: 'vgg16.safetensors' };
  const refused = await train(
    'image-tokenizer',
    configuration('image-tokenizer-64', { perceptual: swapped }),
    'no',
  );
  expect(refused).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^error: .*lin0\.model\.1\.weight/m),
  });
}, 120_000);

it('names what is wrong with a training file', async () => {
  const alone = configuration('audio-tokenizer', { start: undefined });
  expect(await train('audio-tokenizer', alone, 'none')).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^error: "decoderOnly" trains the decoder of another tokenizer/m),
  });
  const path = vocoderConfiguration();
  const settings = JSON.parse(readFileSync(path, 'utf8'));
  const refused = async (changes: object) => {
    writeFileSync(path, JSON.stringify({ ...settings, ...changes }));
    return (await train('vocoder', path, 'none')).stderr;
  };
  expect(await refused({ segment: 1000 })).toMatch(/^error: "segment" is a multiple of the hop length 128/m);
  expect(await refused({ configuration: { ...settings.configuration, input_channels: 80 } })).toMatch(
    /^error: The mels have 64 bands .* takes 80 bands/m,
  );
  expect(await refused({ losses: {} })).toMatch(/^error: .*vocoder\.json: losses\.mel/m);
  const wrong = configuration('image-tokenizer-64', { training: { steps: 0 } });
  expect(await train('image-tokenizer', wrong, 'none')).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^error: .*image-tokenizer-64\.json: training\./m),
  });
});
