import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { selectBackend } from 'visual-echoes/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeTinyData, writeTinyModelWithJudges } from '../ablation/tiny-evaluation.test.helper.js';
import { build, visualEchoes } from '../cli.test.helper.js';
import type { EvaluationFile } from './evaluation-file.js';

let cwd: string;

beforeAll(async () => {
  build();
  cwd = mkdtempSync(join(tmpdir(), 'evaluate-'));
  await selectBackend({ prefer: 'wasm' });
  await writeTinyModelWithJudges(join(cwd, 'model'));
  await writeTinyData(join(cwd, 'data'));
}, 120_000);
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const run = (...args: string[]) => visualEchoes(args, { cwd });
const evaluate = (...args: string[]) => run('evaluate', '--model', 'model', '--data', 'data', ...args);

// Commands are started, one after the other.
describe('visual-echoes evaluate', { timeout: 300_000 }, () => {
  it('measures over seeds, keeps what a report needs, and the report is made of it', async () => {
    const tasks = 'image-to-audio,audio-to-image,reconstruction';
    const done = await evaluate(
      '--tasks',
      tasks,
      '--limit',
      '4',
      '--seeds',
      '2',
      '--out',
      'results',
      '--json',
    );
    expect(done).toMatchObject({ code: 0 });
    const file: EvaluationFile = JSON.parse(readFileSync(join(cwd, 'results/evaluation.json'), 'utf8'));
    expect(file).toMatchObject({ kind: 'evaluation', model: 'tiny', seeds: [1, 2] });
    expect(JSON.parse(done.stdout).rows).toEqual(file.rows);
    const [heard] = file.rows;
    expect(heard).toMatchObject({ measure: 'heard right', total: 8 });
    expect(heard.seeds?.values).toHaveLength(2);
    const rebuilt = file.rows.find(({ task }) => task === 'reconstruction')!;
    expect(rebuilt).toMatchObject({ total: 4 }); // nothing is drawn in it
    expect(rebuilt.seeds).toBeUndefined();
    for (const { given, made } of file.examples) {
      for (const path of Object.values({ ...given, ...made }))
        expect(existsSync(join(cwd, 'results', path))).toBe(true);
    }
    const report = await run('report', 'results', '--out', 'page.html');
    expect(report).toMatchObject({ code: 0, stdout: 'page.html (Evaluation of tiny)\n' });
    expect(readFileSync(join(cwd, 'page.html'), 'utf8')).toContain('<audio controls');
    expect((await run('report', 'results', '--out', 'page.html')).stderr).toMatch(
      /exists already; add --force/,
    );
  });

  it('says how it is used, and which network of features cannot be read', async () => {
    expect((await run('evaluate', '--help')).stdout).toMatch(/--features-onnx <file>/);
    expect((await run('report', '--help')).stdout).toMatch(/report results ablations/);
    expect(await run('report')).toMatchObject({ code: 2 });
    expect((await run('report', 'model')).stderr).toMatch(/holds no results/);
    const missing = await evaluate('--limit', '2', '--tasks', 'speed', '--features-onnx', 'vggish.onnx');
    expect(missing).toMatchObject({ code: 1 });
    expect(missing.stderr).toMatch(/vggish\.json/);
  });
});

describe('visual-echoes reconstruct --panel', { timeout: 300_000 }, () => {
  it('draws sounds as one figure, and nothing else', async () => {
    const sounds = ['data/fsdd/0_theo_0.wav', 'data/fsdd/1_theo_0.wav'];
    const reconstruct = (...args: string[]) => run('reconstruct', ...sounds, '--model', 'model', ...args);
    const drawn = await reconstruct('--panel', 'figure.svg');
    expect(drawn).toMatchObject({ code: 0, stdout: 'figure.svg (2 originals and reconstructions)\n' });
    expect(readFileSync(join(cwd, 'figure.svg'), 'utf8').match(/<image /g)).toHaveLength(4);
    expect(existsSync(join(cwd, '0_theo_0.reconstruction.wav'))).toBe(false);
    expect((await reconstruct('--panel', 'figure.svg')).stderr).toMatch(/exists already/);
    expect((await reconstruct('--panel', 'figure.jpg')).stderr).toMatch(/neither \.svg nor \.png/);
  });
});
