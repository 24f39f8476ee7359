import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '@visual-echoes/core';
import sharp from 'sharp';
import { selectBackend } from 'visual-echoes/node';
import { writeTinyModel } from 'visual-echoes/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { build, visualEchoes } from '../cli.test.helper.js';
import { writeDatasetFile } from '../dataset/dataset-file.js';
import { writeMediaShard } from '../dataset/media-shard.js';
import type { EvaluationFile } from '../evaluation/evaluation-file.js';
import { writeTinyDataset } from '../training/token-dataset.test.helper.js';

let cwd: string;

/** Five clips to train on and four held back, of two frames and an augmented variant of each. */
async function writeMedia(folder: string, { frames = 64, configuration = {} } = {}): Promise<void> {
  const random = new Random(1);
  const picture = () =>
    sharp(
      Uint8Array.from(random.uniforms(784), (value) => 255 * value),
      { raw: { width: 28, height: 28, channels: 1 } },
    )
      .png()
      .toBuffer();
  const shards: { file: string; split: string; rows: number }[] = [];
  for (const [split, rows] of Object.entries({ train: 5, test: 4 })) {
    const file = `${split}-00000.parquet`;
    const clips = [];
    for (let i = 0; i < rows; i++) {
      const pictures = await Promise.all(Array.from({ length: 4 }, picture));
      const mel = { bands: 64, frames, data: random.uniforms(64 * frames) };
      clips.push({ id: `${split}-${i}`, label: null, split, frames: pictures, mel });
    }
    await writeMediaShard(join(folder, file), clips);
    shards.push({ file, split, rows });
  }
  await writeDatasetFile(folder, {
    format: 1,
    holds: 'media',
    labels: [],
    shards,
    settings: { frames: 2 },
    picture: { width: 28, height: 28, channels: 1, encoding: 'png' },
    mel: { bands: 64, frames, encoding: 'float16', configuration },
  });
}

beforeAll(async () => {
  build();
  cwd = mkdtempSync(join(tmpdir(), 'retrieval-'));
  await selectBackend({ prefer: 'wasm' });
  await writeTinyModel(join(cwd, 'model'));
  await writeMedia(join(cwd, 'media'));
}, 120_000);
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const evaluate = (...args: string[]) => visualEchoes(['evaluate', '--model', 'model', ...args], { cwd });

// Commands are started, one after the other.
describe('visual-echoes evaluate --dataset', { timeout: 300_000 }, () => {
  it('measures over the split that is held back, and the report is made of it', async () => {
    const done = await evaluate('--dataset', 'media', '--frames', '2', '--out', 'results', '--seeds', '2');
    expect(done, done.stderr).toMatchObject({ code: 0 });
    expect(done.stdout).toMatch(/on 4 clips of the split "test" of media, 2 frames each, seeds 1, 2/);
    const file: EvaluationFile = JSON.parse(readFileSync(join(cwd, 'results/evaluation.json'), 'utf8'));
    const row = (task: string) => file.rows.find((one) => one.task === task)!;
    expect(row('image-to-audio')).toMatchObject({
      total: 2 * 4 * 2,
      unit: 'share',
      reference: { value: 0.25 },
    });
    expect(row('audio-to-image')).toMatchObject({ total: 2 * 4 });
    expect(row('co-generation').seeds?.values).toHaveLength(2);
    expect(row('reconstruction')).toMatchObject({ total: 4 });
    for (const { given, made, original } of file.examples)
      for (const path of Object.values({ ...given, ...made, ...original }))
        expect(existsSync(join(cwd, 'results', path))).toBe(true);
    for (const name of ['image-to-audio-mels.png', 'audio-to-image-pictures.png'])
      expect(existsSync(join(cwd, 'results', name))).toBe(true);
    const report = await visualEchoes(['report', 'results', '--out', 'page.html'], { cwd });
    expect(report, report.stderr).toMatchObject({ code: 0 });
    const html = readFileSync(join(cwd, 'page.html'), 'utf8');
    expect(html).toContain('On 4 clips of the split &#34;test&#34; of media');
    expect(html).toContain('Mel spectrogram, original: test-0');
  });

  it('says what does not fit', async () => {
    await writeTinyDataset(join(cwd, 'tokens'));
    await writeMedia(join(cwd, 'long'), { frames: 96 });
    await writeMedia(join(cwd, 'other'), { configuration: { hopLength: 256 } });
    for (const [args, message] of [
      [['--dataset', 'nowhere'], /nowhere.*does not exist/],
      [['--dataset', 'tokens'], /tokens holds tokens, and results are compared with pictures/],
      [['--dataset', 'long'], /mel spectrograms of long are 64×96, and the model’s 64×64/],
      [['--dataset', 'other'], /have hopLength 256, and the model’s 128/],
      [['--dataset', 'media', '--split', 'val'], /0 clips of the split "val".* it has "train", "test"/],
      [['--dataset', 'media', '--validation'], /--validation is for digits/],
      [['--dataset', 'media', '--tasks', 'speed'], /The task "speed" is measured on digits/],
    ] as const) {
      const refused = await evaluate(...args);
      expect(refused.code).toBe(1);
      expect(refused.stderr).toMatch(message);
    }
  });
});
