import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type EvaluationFile, writeEvaluation, writeExamples } from '../evaluation/evaluation-file.js';
import { writeReport } from './write-report.js';

let folder: string;

const picture = { width: 2, height: 2, channels: 1, data: new Uint8Array(4) } as const;
const sound = { sampleRate: 8000, channels: [new Float32Array(80)] };
const mel = { bands: 2, frames: 2, data: new Float32Array(4) };
const long = { bands: 2, frames: 8, data: new Float32Array(16) };

const evaluation = (examples: EvaluationFile['examples']): EvaluationFile => ({
  kind: 'evaluation',
  model: 'a <b> & "c"',
  backend: 'wasm',
  seeds: [1, 2],
  validation: true,
  rows: [{ task: 'image-to-audio', measure: 'heard right', value: 0.5, unit: 'share' }],
  examples,
});

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'report-'));
  vi.spyOn(console, 'log').mockImplementation(() => {});
  const examples = await writeExamples(folder, 'image-to-audio, brought', [
    { caption: '7, taken for <one>', given: { picture }, made: { sound, mel } },
    { caption: 'cat.mp4', given: { picture }, made: { mel: long }, original: { mel: long } },
  ]);
  await writeEvaluation(folder, evaluation(examples));
  const settings = [1, 2, 4].map((guidance) => ({
    direction: 'image-to-audio',
    settings: { guidance },
    correct: 9,
    total: 10,
    accuracy: 0.9,
    accuracyLow: 0.8,
    accuracyHigh: 0.95,
    frechet: 5,
    frechetLow: 4,
    frechetHigh: 6,
    frechetSeeds: [5, 5],
  }));
  writeFileSync(
    join(folder, 'guidance.json'),
    JSON.stringify({
      ...{
        kind: 'ablation',
        ablation: 'guidance',
        axes: ['guidance'],
        models: [{ name: 'tiny', hash: '01' }],
      },
      ...{
        sampling: 'one-stage',
        part: 'validation',
        seeds: 2,
        samplesOfASeed: 5,
        engine: 'wasm',
        fixed: {},
      },
      ...{ defaults: {}, real: { 'image-to-audio': { accuracy: 1, frechet: 1 } }, points: settings },
    }),
  );
  writeFileSync(join(folder, 'other.json'), '{"kind": "none of ours"}');
});
afterAll(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

const report = (paths: string[], out = join(folder, 'report.html')) =>
  writeReport(paths, { out, title: 'All', force: true });

describe('writeReport', () => {
  it('is one page with tables, plots, pictures and players, that loads nothing', async () => {
    await report([folder]);
    const html = readFileSync(join(folder, 'report.html'), 'utf8');
    expect(html).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(html).toContain('Evaluation of a &#60;b&#62; &#38; &#34;c&#34;');
    expect(html).toContain('7, taken for &#60;one&#62;');
    expect(html.match(/<svg /g)).toHaveLength(1);
    expect(html).toContain('stroke="currentColor"');
    expect(html.match(/src="data:image\/png;base64,/g)).toHaveLength(5);
    expect(html.match(/<img class="long" /g)).toHaveLength(2);
    expect(html).toContain('Mel spectrogram, original: cat.mp4');
    expect(html.match(/<audio [^>]*src="data:audio\/wav;base64,/g)).toHaveLength(1);
    expect(html).not.toMatch(/(src|href)="(?!data:|#)/);
    expect(html).not.toMatch(/url\(|<script|@import/);
    for (const tag of ['table', 'section', 'figure', 'div', 'svg', 'audio', 'h2', 'p', 'li']) {
      const opened = html.match(new RegExp(`<${tag}[ >]`, 'g'))?.length;
      expect(html.match(new RegExp(`</${tag}>`, 'g'))?.length, tag).toBe(opened);
    }
  });

  it('says what is wrong with what it is given', async () => {
    await expect(report([join(folder, 'none')])).rejects.toMatchObject({ code: 'file-access' });
    await expect(report([join(folder, 'other.json')])).rejects.toThrow(/other\.json: kind/);
    await expect(report([join(folder, 'examples')])).rejects.toThrow(/holds no results/);
    const out = join(folder, 'report.html');
    await expect(writeReport([folder], { out, title: 'All' })).rejects.toThrow(/exists already; add --force/);
  });

  it('reads no file from outside the folder', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'report-'));
    const examples = [{ task: 't', caption: 'c', made: { picture: '../secret.png' } }];
    await writeEvaluation(outside, evaluation(examples));
    await expect(report([outside])).rejects.toThrow(/is not inside/);
    rmSync(outside, { recursive: true });
  });
});
