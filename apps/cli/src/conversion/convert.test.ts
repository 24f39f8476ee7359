import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  Random,
  type StateDict,
  storedTensors,
  VqModel,
  type VqModelConfiguration,
} from '@visual-echoes/core';
import { withCheckpointFile, writeTorchFile } from '@visual-echoes/core/node';
import { fromMageConfiguration, MaskedTransformer } from '@visual-echoes/masked-transformer';
import { HiFiGanGenerator, MelGanGenerator, VocosGenerator } from '@visual-echoes/vq-audio';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { build, visualEchoes } from '../cli.test.helper.js';

let home: string;
const at = (name: string) => join(home, name);
const random = new Random(1);

beforeAll(async () => {
  build();
  home = mkdtempSync(join(tmpdir(), 'convert-'));
}, 120_000);
afterAll(() => rmSync(home, { recursive: true, force: true }));

const convert = (...args: string[]) => visualEchoes(['convert', ...args], { cwd: home });

const vqgan = (resolution: number, channels: number, architecture?: 'maskgit'): VqModelConfiguration => ({
  ...(architecture && { architecture }),
  ddconfig: {
    double_z: false,
    z_channels: 32,
    resolution,
    in_channels: channels,
    out_ch: channels,
    ch: 32,
    ch_mult: [1, 2],
    num_res_blocks: 1,
    attn_resolutions: architecture ? [] : [resolution / 2],
    dropout: 0,
  },
  n_embed: 16,
  embed_dim: 32,
});

const stateOf = (tensors: Record<string, number[]>): StateDict =>
  Object.fromEntries(
    Object.entries(tensors).map(([name, shape]) => [
      name,
      { shape, data: random.normals(shape.reduce((size, n) => size * n, 1)) },
    ]),
  );

/** Random weights of a network, under the names of its authors. */
const weightsOf = (module: { namedParameters(): Map<string, { shape: readonly number[] }> }) =>
  stateOf(Object.fromEntries([...module.namedParameters()].map(([name, { shape }]) => [name, [...shape]])));

const save = (name: string, state: StateDict, key?: string, integers = new Set<string>()) =>
  writeTorchFile(at(name), storedTensors(state), { at: key, integers });

const tensorsOf = (path: string) =>
  withCheckpointFile(path, async (tensors) =>
    Promise.all([...tensors].map(async ([name, tensor]) => [name, tensor.shape, await tensor.read()])),
  );

/** Expects that `folder` goes back to a checkpoint that holds what `original` holds, bit for bit. */
async function expectRoundTrip(folder: string, file: string, original: string): Promise<void> {
  expect(await convert(folder, '--to', 'torch', '--out', `${folder}-torch`)).toMatchObject({ code: 0 });
  expect(await tensorsOf(at(`${folder}-torch/${file}`))).toEqual(await tensorsOf(at(original)));
  expectTorchEqual(at(`${folder}-torch/${file}`), at(original));
}

const python = process.env['PYTHON'] ?? 'python3';
const hasTorch = (() => {
  try {
    execFileSync(python, ['-c', 'import torch'], { stdio: 'ignore' });
    return true;
  } catch {
    console.log('torch.load itself is not asked: there is no Python with PyTorch here (PYTHON names one).');
    return false;
  }
})();

const COMPARE = `
import sys, torch
def state(path):
    loaded = torch.load(path, weights_only=True)
    return next((loaded[k] for k in ('state_dict', 'model', 'generator') if k in loaded), loaded)
a, b = map(state, sys.argv[1:])
assert list(a) == list(b) and all(a[k].dtype == b[k].dtype and torch.equal(a[k], b[k]) for k in a)
`;

function expectTorchEqual(ours: string, original: string): void {
  if (hasTorch) execFileSync(python, ['-c', COMPARE, ours, original]);
}

describe('visual-echoes convert', () => {
  it('brings every published model into one folder, and back bit for bit', async () => {
    const image = weightsOf(new VqModel(vqgan(32, 3)));
    const forTraining = stateOf({ 'loss.discriminator.main.0.bias': [4], 'model_ema.decay': [1] });
    await save('last.ckpt', { ...image, ...forTraining }, 'state_dict');
    await save('network.ckpt', image, 'state_dict');
    writeFileSync(
      at('model.yaml'),
      `model:\n  target: taming.models.vqgan.VQModel\n  params:\n    embed_dim: 32\n    n_embed: 16\n    ddconfig: ${JSON.stringify(vqgan(32, 3).ddconfig)}\n`,
    );
    const done = await convert(
      'last.ckpt',
      '--as',
      'taming-vqgan',
      '--config',
      'model.yaml',
      '--out',
      'mine',
    );
    expect(done).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^image: 0\.\d\d M weights → mine\/image/),
    });

    await save('spec.ckpt', weightsOf(new VqModel(vqgan(848, 1))), 'state_dict');
    expect(await convert('spec.ckpt', '--as', 'specvqgan', '--out', 'mine')).toMatchObject({ code: 0 });

    const hifigan = new HiFiGanGenerator(
      {
        resblock: '2',
        upsample_rates: [8, 8, 4],
        upsample_kernel_sizes: [16, 16, 8],
        upsample_initial_channel: 16,
        resblock_kernel_sizes: [3, 5, 7],
        resblock_dilation_sizes: [
          [1, 2],
          [2, 6],
          [3, 12],
        ],
      },
      { form: 'weight-norm' },
    );
    await save('g_02500000', weightsOf(hifigan), 'generator');
    expect(await convert('g_02500000', '--as', 'hifigan', '--out', 'mine')).toMatchObject({ code: 0 });

    const { parts } = JSON.parse(readFileSync(at('mine/visual-echoes.json'), 'utf8'));
    expect(Object.keys(parts)).toEqual(['image', 'audio']);
    expect(parts.image).toMatchObject({ picture: { width: 32, channels: 3 }, configuration: vqgan(32, 3) });
    expect(parts.audio).toMatchObject({ configuration: vqgan(848, 1), mel: { frames: 848 } });
    expect(parts.audio.vocoder).toMatchObject({
      type: 'hifigan',
      configuration: { upsample_rates: [8, 8, 4] },
    });
    await expectRoundTrip('mine', 'image.ckpt', 'network.ckpt');
    expect(await tensorsOf(at('mine-torch/audio.ckpt'))).toEqual(await tensorsOf(at('spec.ckpt')));
    expect(await tensorsOf(at('mine-torch/vocoder.pth'))).toEqual(await tensorsOf(at('g_02500000')));

    // Another vocoder in its place, from a file of an older form of the names.
    const melgan = new MelGanGenerator(
      { input_size: 80, ngf: 2, n_residual_layers: 3 },
      { form: 'weight-norm' },
    );
    const named = Object.entries(weightsOf(melgan)).map(([name, tensor]) => [`module.${name}`, tensor]);
    await save('best_netG.pt', Object.fromEntries(named));
    const again = ['best_netG.pt', '--as', 'melgan', '--out', 'mine'];
    expect(await convert(...again)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/has this part .* --force/),
    });
    expect(await convert(...again, '--force')).toMatchObject({ code: 0 });
    const vocoder = JSON.parse(readFileSync(at('mine/visual-echoes.json'), 'utf8')).parts.audio.vocoder;
    expect(vocoder).toMatchObject({
      type: 'melgan',
      configuration: { input_size: 80, ngf: 2, n_residual_layers: 3, ratios: [8, 8, 2, 2] },
    });

    const sizes = { input_channels: 80, dim: 8, intermediate_dim: 12, num_layers: 2 };
    const vocos = new VocosGenerator({ ...sizes, n_fft: 1024, hop_length: 256 });
    const window = { shape: [1024], data: new Float32Array(1024) };
    await save('pytorch_model.bin', { ...weightsOf(vocos), 'head.istft.window': window });
    const third = ['pytorch_model.bin', '--as', 'vocos', '--out', 'mine', '--force'];
    expect(await convert(...third)).toMatchObject({ code: 0 });
    expect(JSON.parse(readFileSync(at('mine/visual-echoes.json'), 'utf8')).parts.audio.vocoder).toMatchObject(
      {
        type: 'vocos',
        configuration: { ...sizes, n_fft: 1024, hop_length: 256, padding: 'center' },
      },
    );
  }, 60_000);

  it('brings MAGE with the tokenizer that its file holds', async () => {
    const sizes = {
      embed_dim: 32,
      depth: 1,
      num_heads: 2,
      decoder_embed_dim: 16,
      decoder_depth: 1,
      decoder_num_heads: 2,
      codebook_size: 16,
      mask_token_label: 20,
      fake_class_label: 18,
      vocab_size: 21,
      tokens: 4,
    };
    writeFileSync(at('mage.json'), JSON.stringify(sizes));
    const tokenizer = Object.entries(weightsOf(new VqModel(vqgan(256, 3, 'maskgit'))));
    const state = {
      ...weightsOf(new MaskedTransformer(fromMageConfiguration(sizes))),
      ...stateOf({ pos_embed: [1, 5, 32] }),
      'token_emb.position_ids': { shape: [1, 5], data: Float32Array.of(0, 1, 2, 3, 4) },
    };
    const whole = { ...state, ...Object.fromEntries(tokenizer.map(([name, t]) => [`vqgan.${name}`, t])) };
    const integers = new Set(['token_emb.position_ids']);
    await save('mage-vitb.pth', whole, 'model', integers);
    await save('mage-alone.pth', state, 'model', integers);
    const command = ['mage-vitb.pth', '--as', 'mage', '--out', 'mage', '--json'];
    expect(await convert(...command)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/none of the published/),
    });
    const done = await convert(...command, '--config', 'mage.json');
    expect(JSON.parse(done.stdout).written.map(({ part }: { part: string }) => part)).toEqual([
      'transformer',
      'image',
    ]);
    const { parts } = JSON.parse(readFileSync(at('mage/visual-echoes.json'), 'utf8'));
    expect(parts.image.configuration.architecture).toBe('maskgit');
    await expectRoundTrip('mage', 'transformer.pth', 'mage-alone.pth');
  }, 60_000);

  it('refuses what does not fit, and writes nothing', async () => {
    await save('small.ckpt', stateOf({ 'encoder.conv_in.weight': [4, 3, 3, 3] }), 'state_dict');
    writeFileSync(at('bad.yaml'), 'model: [1, 2');
    const refused: [string[], RegExp][] = [
      [['none.ckpt', '--as', 'melgan'], /Cannot read none\.ckpt: it does not exist/],
      [['small.ckpt', '--as', 'taming-vqgan'], /small\.ckpt: The checkpoint is not of a VQGAN/],
      [['small.ckpt', '--as', 'melgan'], /is not of MelGAN's generator/],
      [['small.ckpt', '--as', 'hifigan'], /is not of HiFi-GAN's generator/],
      [['small.ckpt', '--as', 'mage'], /is not of MAGE/],
      [['small.ckpt', '--as', 'taming-vqgan', '--config', 'bad.yaml'], /bad\.yaml is neither YAML nor JSON/],
      [['bad.yaml', '--as', 'melgan'], /Not a checkpoint/],
      [['small.ckpt'], /Say what small\.ckpt is: --as taming-vqgan\|/],
      [['nowhere', '--to', 'torch'], /nowhere is not a model folder/],
    ];
    for (const [args, message] of refused) {
      const outcome = await convert(...args, '--out', 'never');
      expect(outcome).toMatchObject({ code: 1, stderr: expect.stringMatching(message) });
      expect(outcome.stderr).not.toMatch(/\n\s+at /);
    }
    expect(() => readFileSync(at('never/visual-echoes.json'))).toThrow(/ENOENT/);
    expect(await convert('small.ckpt', '--as', 'bert', '--out', 'never')).toMatchObject({ code: 2 });
  }, 60_000);
});
