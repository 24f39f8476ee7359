import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { selectBackend } from 'visual-echoes/node';
import { tinyManifest, writeTinyModel } from 'visual-echoes/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { build, visualEchoes } from '../cli.test.helper.js';
import type { EvaluationFile } from '../evaluation/evaluation-file.js';
import { loadJudges } from '../evaluation/judges.js';
import { writeLabelledDataset } from './labelled-dataset.test.helper.js';

const classes = ['cat', 'dog', 'rain'];
let cwd: string;

beforeAll(async () => {
  build();
  cwd = mkdtempSync(join(tmpdir(), 'evaluate-classes-'));
  await selectBackend({ prefer: 'wasm' });
  const { classes: _, ...bare } = tinyManifest();
  await writeTinyModel(join(cwd, 'digits'));
  await writeTinyModel(join(cwd, 'model'));
  writeFileSync(join(cwd, 'model/visual-echoes.json'), JSON.stringify(bare));
  await writeLabelledDataset(join(cwd, 'data'), { classes });
  await writeLabelledDataset(join(cwd, 'long'), { classes, frames: 96 });
  await writeLabelledDataset(join(cwd, 'others'), { classes: ['cat', 'dog', 'sea'] });
  await writeLabelledDataset(join(cwd, 'all-train'), { classes, clips: { train: 2 } });
}, 120_000);
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const evaluate = (...args: string[]) => visualEchoes(['evaluate', ...args], { cwd });
const train = (dataset: string, ...args: string[]) =>
  evaluate('--train-classifiers', '--dataset', dataset, '--steps', '1', ...args);
const measure = (dataset: string, ...args: string[]) =>
  evaluate('--model', 'model', '--dataset', dataset, '--classifiers', 'judges', ...args);

// Commands are started, one after the other.
describe('visual-echoes evaluate --dataset --classifiers', { timeout: 300_000 }, () => {
  it('trains classifiers, measures classes by them, and the report is made of it', async () => {
    const trained = await train('data', '--out', 'judges');
    expect(trained, trained.stderr).toMatchObject({ code: 0 });
    expect(trained.stdout).toMatch(
      /picture: .* % \(\d+ of \d+\) of what was held apart.*of 12\) of the held-back/,
    );
    const done = await measure('data', '--out', 'results', '--seeds', '2', '--limit', '5');
    expect(done, done.stderr).toMatchObject({ code: 0 });
    expect(done.stdout).toMatch(/by class, 5 pictures and 5 sounds of 3 classes, seeds 1, 2/);
    const file: EvaluationFile = JSON.parse(readFileSync(join(cwd, 'results/evaluation.json'), 'utf8'));
    const row = (task: string, measure: string) =>
      file.rows.find((one) => one.task === task && one.measure === measure);
    expect(row('image-to-audio', 'heard right')).toMatchObject({ total: 10, unit: 'share' });
    expect(row('image-to-audio', 'real sounds heard right')).toMatchObject({
      total: 5,
      reference: { what: 'by chance', value: 1 / 3 },
    });
    expect(row('audio-to-image', 'seen right: cat')).toMatchObject({ unit: 'share' });
    expect(row('co-generation', 'picture and sound of one class')).toMatchObject({ total: 10 });
    expect(row('co-generation', 'share of the sounds: dog')).toMatchObject({ total: 10 });
    const near = 'nearer to a training picture than the nearest 5 % held back';
    expect(row('audio-to-image', near)).toMatchObject({ total: 10, reference: { value: 0 } });
    expect(row('variety', 'difference of 20 sounds of one picture')).toMatchObject({ unit: 'decibels' });
    expect(row('reconstruction', 'sounds heard right, through the vocoder too')).toMatchObject({ total: 5 });
    expect(row('speed', 'one picture → sound, median of 5')!.value).toBeGreaterThan(0);
    expect(row('image-to-audio', 'nearest to its own clip’s sound')).toMatchObject({ total: 10 });
    expect(file.rows.every(({ value }) => Number.isFinite(value))).toBe(true);
    expect(existsSync(join(cwd, 'results/audio-to-image-by-class-pictures.png'))).toBe(true);
    const report = await visualEchoes(['report', 'results', '--out', 'page.html'], { cwd });
    expect(report, report.stderr).toMatchObject({ code: 0 });
    expect(readFileSync(join(cwd, 'page.html'), 'utf8')).toContain('image-to-audio by class');
  });

  it('says what does not fit', async () => {
    const refusals: [run: Promise<{ code: number; stderr: string }>, message: RegExp][] = [
      [train('data'), /Name the folder for the classifiers with --out/],
      [measure('others'), /is of the class "sea", and the classifiers tell cat, dog, rain apart/],
      [measure('all-train'), /measured on a split that is held back.* it has "train"/],
      [measure('data', '--split', 'val'), /no clips of the split "val"; it has "train", "test"/],
      [measure('data', '--classifiers', 'model'), /model has no classifiers of a dataset/],
      [measure('data', '--model', 'digits'), /apart, and the model tiny is of zero, one/],
      [measure('data', '--tasks', 'brought'), /The task "brought" is measured on digits; over a dataset/],
      [evaluate('--dataset', 'data', '--tasks', 'speed'), /on digits, or with --classifiers/],
    ];
    for (const [run, message] of refusals) {
      const refused = await run;
      expect(refused.stderr).toMatch(message);
      expect(refused.code).toBe(1);
    }
    await expect(loadJudges(join(cwd, 'judges'))).rejects.toThrow(/judge a dataset; add --dataset/);
    expect((await train('long', '--out', 'long-judges')).code).toBe(0);
    const refused = await measure('data', '--classifiers', 'long-judges');
    expect(refused.stderr).toMatch(/of the classifier in long-judges are 64×96, and the model’s 64×64/);
  });
});
