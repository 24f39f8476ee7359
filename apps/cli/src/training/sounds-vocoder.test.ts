import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Random } from '@visual-echoes/core';
import { readStateFile } from '@visual-echoes/core/node';
import { writeWav } from '@visual-echoes/vq-audio';
import { writeTinyModel } from 'visual-echoes/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { build, visualEchoes } from '../cli.test.helper.js';
import { readJsonFile } from '../data/read-json-file.js';
import { preparePart } from './prepare-part.js';
import { writeTinyDataset } from './token-dataset.test.helper.js';
import { vocoderFile } from './vocoder-file.js';

const PUBLISHED = new URL('../../training/sounds/vocoder.json', import.meta.url);

let home: string;
beforeAll(async () => {
  build();
  home = mkdtempSync(join(tmpdir(), 'vocoder-'));
  const random = new Random(1);
  for (const [i, name] of ['sea/a', 'sea/b', 'bell/c', 'bell/d', 'e'].entries()) {
    const path = join(home, `sounds/${name}.wav`);
    mkdirSync(dirname(path), { recursive: true });
    const channels = [random.uniforms(9000 + 500 * i, -0.5, 0.5)];
    writeFileSync(path, writeWav({ sampleRate: 22_050, channels }));
  }
  writeFileSync(join(home, 'sounds/broken.ogg'), 'no sound');
}, 120_000);
afterAll(() => rmSync(home, { recursive: true, force: true }));

const published = () => JSON.parse(readFileSync(PUBLISHED, 'utf8'));

/** The published training file in small, with changes. */
function put(name: string, changes: object = {}): string {
  const { configuration, adversarial, training, ...rest } = published();
  const [resolutions] = adversarial.discriminators;
  const settings = {
    ...rest,
    configuration: { ...configuration, dim: 8, intermediate_dim: 8, num_layers: 1 },
    segment: 2048,
    validation: { seconds: 0.2, share: 0.3 },
    adversarial: {
      ...adversarial,
      start: 2,
      discriminators: [
        { ...resolutions, channels: 2 },
        { type: 'multi-period', periods: [2, 3], channels: [2, 2] },
        { type: 'multi-scale', scales: 2, layers: [{ channels: 2, kernelSize: 5, stride: 2, groups: 1 }] },
      ],
    },
    training: { ...training, steps: 3, batchSize: 2, validateEvery: 3 },
    ...changes,
  };
  const path = join(home, `${name}.json`);
  writeFileSync(path, JSON.stringify(settings));
  return path;
}

const run = (args: readonly string[]) => visualEchoes(args, { cwd: home });

async function trained(config: string, out: string, ...more: string[]) {
  const outcome = await run([
    'train',
    'vocoder',
    '--config',
    config,
    '--sounds',
    'sounds',
    '--out',
    out,
    ...more,
  ]);
  expect(outcome, outcome.stderr).toMatchObject({ code: 0 });
  return outcome;
}

const weights = (out: string) => readStateFile(join(home, out, 'weights.safetensors'));

describe('a vocoder of the sounds of a folder', () => {
  it('is trained against discriminators, goes on bit for bit, and is measured', async () => {
    const config = put('vocos');
    const { stderr } = await trained(config, 'whole');
    expect(stderr).toMatch(/^left out: .*broken\.ogg/m);
    expect(stderr).toMatch(
      /^[34] sounds of 0 minutes in all are trained on, and figures are of [12] others$/m,
    );
    expect(stderr).toMatch(/^step 3\/3: .*discriminator.*features/m);
    expect(stderr).toMatch(/^validation at step 3: mel error .*, stft error /m);
    await trained(config, 'again', '--until', '1');
    await trained(config, 'again', '--resume');
    expect(await weights('again')).toEqual(await weights('whole'));

    const measure = ['evaluate', '--sounds', 'sounds', '--vocoder', 'whole'];
    const { stdout, ...told } = await run([...measure, '--tasks', 'vocoder', '--json', '--out', 'measured']);
    expect(JSON.parse(stdout), told.stderr).toMatchObject({
      model: 'whole',
      on: expect.stringMatching(/^[12] sounds that are held back of sounds$/),
      rows: [
        { task: 'vocoder', unit: 'decibels', reference: { what: 'of Griffin-Lim' } },
        { unit: 'distance' },
        { unit: 'times' },
      ],
    });
    const written = JSON.parse(readFileSync(join(home, 'measured/evaluation.json'), 'utf8'));
    expect(written.examples.length).toBeGreaterThan(0);
    expect((await run([...measure, '--tasks', 'brought'])).stderr).toMatch(
      /"brought" is not measured on --sounds/,
    );
    expect((await run([...measure, '--split', 'test'])).stderr).toMatch(
      /no sounds of the split "test"; it has "train"/,
    );
    expect((await run(['evaluate', '--vocoder', 'whole'])).stderr).toMatch(/add --sounds FOLDER/);
  }, 240_000);

  it.each([
    [
      'hifigan',
      {
        resblock: '2',
        upsample_rates: [8, 8, 4],
        upsample_kernel_sizes: [16, 16, 8],
        upsample_initial_channel: 16,
        resblock_kernel_sizes: [3],
        resblock_dilation_sizes: [[1, 3]],
        num_mels: 80,
      },
    ],
    ['melgan', { input_size: 80, ngf: 2, n_residual_layers: 1 }],
  ])(
    'may be %s',
    async (type, configuration) => {
      const discriminators = [{ type: 'melgan', num_D: 2, ndf: 4, n_layers: 1, downsamp_factor: 2 }];
      const adversarial = { start: 1, loss: 'hinge', featureMatching: 1, discriminators };
      const training = { ...published().training, steps: 1, batchSize: 1 };
      await trained(put(type, { type, configuration, adversarial, training }), type);
      expect(Object.keys(await weights(type)).some((name) => name.endsWith('weight_v'))).toBe(true);
    },
    120_000,
  );

  it('goes into the model of a transformer', async () => {
    await writeTinyModel(join(home, 'tokenizers'));
    const { parts } = JSON.parse(readFileSync(join(home, 'tokenizers/visual-echoes.json'), 'utf8'));
    const { frames, ...mel } = parts.audio.mel;
    const configuration = {
      ...{ input_channels: mel.melBands, dim: 4, intermediate_dim: 4, num_layers: 1 },
      ...{ n_fft: mel.fftSize, hop_length: mel.hopLength, padding: 'center' },
    };
    const of = { configuration, mel: { ...mel, firstFrames: frames }, segment: mel.hopLength * 16 };
    const training = { ...published().training, steps: 1, batchSize: 1 };
    await trained(put('own', { ...of, training }), 'own');

    await writeTinyDataset(join(home, 'tokens'), {
      image: { grid: [8, 8], vocabulary: 16 },
      audio: { grid: [8, 8], vocabulary: 24 },
    });
    const size = {
      embedDim: 8,
      depth: 1,
      numHeads: 2,
      decoderEmbedDim: 8,
      decoderDepth: 1,
      decoderNumHeads: 2,
    };
    const schedule = { steps: 1, batchSize: 2, baseRate: 0.1, betas: [0.9, 0.95] };
    const file = { configuration: size, masking: {}, training: schedule, validation: { clips: 2 } };
    const transformer = (name: string, vocoder?: object) => {
      writeFileSync(join(home, `${name}.json`), JSON.stringify({ ...file, model: { vocoder } }));
      return ['train', 'transformer', '--config', `${name}.json`, '--dataset', 'tokens', '--out', name];
    };
    const vocoder = async (args: readonly string[]) => {
      const outcome = await run([...args, '--model', 'tokenizers']);
      expect(outcome, outcome.stderr).toMatchObject({ code: 0 });
      const out = args.at(args.indexOf('--out') + 1)!;
      const manifest = JSON.parse(readFileSync(join(home, out, 'model/visual-echoes.json'), 'utf8'));
      return manifest.parts.audio.vocoder;
    };
    const melMatching = { iterations: 2 };
    const expected = { type: 'vocos', weights: 'vocoder.safetensors', configuration };
    expect(await vocoder(transformer('by-file', { folder: 'own', melMatching }))).toEqual({
      ...expected,
      melMatching,
    });
    expect(await vocoder([...transformer('by-option'), '--vocoder', 'own'])).toEqual(expected);
    const made = await run(['generate', '--to', 'both', '--model', 'by-file/model', '--json']);
    expect(made, made.stderr).toMatchObject({ code: 0 });

    cpSync(join(home, 'own'), join(home, 'other'), { recursive: true });
    const otherFile = join(home, 'other/configuration.json');
    const settings = JSON.parse(readFileSync(otherFile, 'utf8'));
    writeFileSync(otherFile, JSON.stringify({ ...settings, mel: { ...settings.mel, fMin: 40 } }));
    const others = [...transformer('others'), '--vocoder', 'other'];
    expect((await run([...others, '--model', 'tokenizers'])).stderr).toMatch(
      /The vocoder in other takes other mels .* "mel\.fMin" is 40 and not 0/,
    );
    expect((await run(others)).stderr).toMatch(/--vocoder is for RUN\/model, which needs tokenizers too/);
  }, 240_000);

  it('has a training file that can be read, and says what does not fit before anything is begun', async () => {
    expect(await readJsonFile(PUBLISHED.pathname, vocoderFile)).toMatchObject({ type: 'vocos' });
    const refused = (changes: object, more: object = {}) =>
      expect(
        preparePart('vocoder', put('wrong', changes), {
          out: join(home, 'none'),
          sounds: join(home, 'sounds'),
          data: () => expect.fail('these sounds are no digits'),
          ...more,
        }),
      ).rejects;
    await refused({}, { sounds: join(home, 'nowhere') }).toThrow(/nowhere.*does not exist/);
    await refused({}, { sounds: undefined }).toThrow(/wrong\.json names no sounds.*add --sounds/);
    await refused({}, { dataset: 'tokens' }).toThrow(/a vocoder is trained on sounds; name their folder/);
    await refused({}, { vocoder: 'own' }).toThrow(/--vocoder is for the model of a transformer/);
    await refused({ augmentation: { speeds: [1] } }).toThrow(
      /"augmentation\.speeds" does not go with the sounds/,
    );
    await refused({ preprocessing: { sampleRate: 8000, samples: 8192 } }).toThrow(
      /"preprocessing" is for spoken/,
    );
    await refused({ splits: { train: 'train', validation: 'test' } }).toThrow(/0 clips of the split "test"/);
    await refused({ mel: { ...published().mel, fMin: undefined } }).toThrow(/mel\.fMin/);

    // A run may not go on with other sounds; where they lie does not matter.
    const prepared = async (sounds: string) =>
      (
        await preparePart('vocoder', put('right'), {
          out: home,
          sounds: join(home, sounds),
          data: () => expect.fail(),
        })
      ).fingerprint;
    cpSync(join(home, 'sounds'), join(home, 'moved'), { recursive: true });
    expect(await prepared('moved')).toBe(await prepared('sounds'));
    rmSync(join(home, 'moved/e.wav'));
    expect(await prepared('moved')).not.toBe(await prepared('sounds'));
  });
});
