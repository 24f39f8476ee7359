import { execFile } from 'node:child_process';
import { availableParallelism, totalmem } from 'node:os';
import { promisify } from 'node:util';
import sharp from 'sharp';
import {
  type BackendReport,
  findModel,
  folderSource,
  listBackends,
  MANIFEST_FILE,
  parseManifest,
} from 'visual-echoes/node';
import type { ModelOptions } from '../commands/shared-options.js';
import { FFMPEG_REMEDY, ffmpegProgram } from '../media/run-ffmpeg.js';
import { BROWSER_REMEDY, findBrowser } from './find-browser.js';

interface Finding {
  ok: boolean;
  /** What is there, or why it is not. */
  text: string;
  remedy?: string;
}

/** Says what is here and what is missing; sets the exit code to 1 where nothing could be generated. */
export async function examine({ model, json }: Pick<ModelOptions, 'model' | 'json'>): Promise<void> {
  const engines = await listBackends();
  const findings = {
    node: { ok: true, text: `${process.version} on ${process.platform}-${process.arch}` },
    machine: {
      ok: true,
      text: `${availableParallelism()} processors, ${(totalmem() / 2 ** 30).toFixed(1)} GiB of memory`,
    },
    pictures: { ok: true, text: `sharp ${sharp.versions.sharp}, libvips ${sharp.versions.vips}` },
    ffmpeg: await findFfmpeg(),
    browser: await examineBrowser(),
    model: await examineModel(model),
  } satisfies Record<string, Finding>;
  const works = engines.some(({ available, selfCheck }) => available && selfCheck?.ok);
  if (!works || !findings.model.ok) process.exitCode = 1;
  if (json) {
    console.log(JSON.stringify({ engines, ...findings }, null, 2));
    return;
  }
  for (const [name, finding] of Object.entries<Finding>(findings)) print(name, finding);
  console.log('\nEngines, the fastest kind first; the first that works is used:');
  for (const engine of engines) print(engine.packageName, inWords(engine));
}

function inWords({ available, label, reason, remedy, selfCheck, speed }: BackendReport): Finding {
  if (!available) return { ok: false, text: reason ?? 'not available', ...(remedy && { remedy }) };
  if (!selfCheck?.ok) {
    return {
      ok: false,
      text: `${label}: wrong numbers (${selfCheck?.failures[0]?.message ?? 'no self-check'})`,
    };
  }
  const figures =
    speed &&
    `; ${speed.matMul.toFixed(1)} GFLOP/s in matrix products, ${speed.convolution.toFixed(1)} in convolutions`;
  return { ok: true, text: `${label}; self-check passed${figures ?? ''}` };
}

/** The first line of what a program says of its version. */
async function versionOf(program: string, option: string): Promise<string> {
  const { stdout } = await promisify(execFile)(program, [option], { timeout: 5000 });
  return stdout.split('\n')[0].slice(0, 40).trim();
}

async function findFfmpeg(): Promise<Finding> {
  try {
    return {
      ok: true,
      text: `${await versionOf(ffmpegProgram(), '-version')}; sounds and videos of all formats are read`,
    };
  } catch {
    return {
      ok: false,
      text: 'not found; WAV, MP3, Ogg and FLAC are read without it, M4A, AAC, AIFF and the sound of MP4 and WebM with it',
      remedy: FFMPEG_REMEDY,
    };
  }
}

/** A browser that the packages can be tried in; nothing here needs one. */
async function examineBrowser(): Promise<Finding> {
  const program = findBrowser();
  if (!program) {
    return {
      ok: false,
      text: 'no Chromium, Chrome or Edge; only pages and their tests need one',
      remedy: BROWSER_REMEDY,
    };
  }
  // On Windows a browser that is asked for its version opens a window.
  const version =
    process.platform === 'win32' ? program : await versionOf(program, '--version').catch(() => program);
  return { ok: true, text: `${version}; pages can use WebGPU and wasm in it` };
}

async function examineModel(model: string): Promise<Finding> {
  try {
    if (/^https?:/.test(model)) return { ok: true, text: model };
    const folder = findModel(model);
    const { name, license } = parseManifest(await folderSource(folder).readText(MANIFEST_FILE), folder);
    return { ok: true, text: `${name} (${license ?? 'no licence named'}) in ${folder}` };
  } catch (error) {
    return { ok: false, text: (error as Error).message };
  }
}

const print = (name: string, { ok, text, remedy }: Finding) => {
  console.log(`${ok ? '✓' : '–'} ${name}: ${text}`);
  if (remedy) console.log(`    get it: ${remedy}`);
};
