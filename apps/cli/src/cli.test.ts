import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readNpy } from '@visual-echoes/core';
import { readWav, writeWav } from '@visual-echoes/vq-audio';
import sharp from 'sharp';
import { selectBackend } from 'visual-echoes/node';
import { writeTinyModel } from 'visual-echoes/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { build, type Outcome, visualEchoes } from './cli.test.helper.js';

let home: string;
let cwd: string;
let digit: Buffer;
let word: Uint8Array;
const model = ['--model', '../model'];

beforeAll(async () => {
  build();
  home = mkdtempSync(join(tmpdir(), 'visual-echoes-'));
  await selectBackend({ prefer: 'wasm' });
  await writeTinyModel(join(home, 'model'));
  digit = await drawSeven(300).png().toBuffer();
  word = writeWav(tone({ sampleRate: 16_000, channels: 1 }));
}, 120_000);
afterAll(() => rmSync(home, { recursive: true, force: true }));

let folders = 0;
beforeEach(() => {
  cwd = join(home, `run-${folders++}`);
  mkdirSync(cwd);
});

/** A seven of two strokes, dark on light. */
function drawSeven(side: number, { background = '#f0f0e8', ink = '#223' } = {}) {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" width="${side}" height="${side}">
    <rect width="100" height="100" fill="${background}"/>
    <path d="M30 25 H70 L45 80" fill="none" stroke="${ink}" stroke-width="8"/></svg>`;
  return sharp(Buffer.from(svg));
}

/** A second of sound with a fading tone in its middle. */
function tone({ sampleRate, channels }: { sampleRate: number; channels: number }) {
  const samples = Float32Array.from({ length: sampleRate }, (_, i) => {
    const t = i / sampleRate - 0.3;
    return t < 0 || t > 0.4 ? 0.0005 * Math.sin(i * i) : 0.5 * Math.exp(-4 * t) * Math.sin(2000 * t);
  });
  return { sampleRate, channels: Array.from({ length: channels }, () => samples) };
}

const put = (name: string, bytes: Uint8Array | string) => writeFileSync(join(cwd, name), bytes);
const files = (folder = '.') => readdirSync(join(cwd, folder)).sort();
const generate = (...args: string[]) => visualEchoes(['generate', ...args, ...model], { cwd });

/** One clear line on stderr, no trace, within ten seconds. */
function expectClearError(outcome: Outcome, message: RegExp): void {
  expect(outcome.stderr).toMatch(message);
  expect(outcome.stderr).toMatch(/^error: /m);
  expect(outcome.stderr).not.toMatch(/^\s+at /m);
  expect(outcome.code).toBe(1);
  expect(outcome.seconds).toBeLessThan(60); // the bar of ten is for a machine that does nothing else
}

describe('generate', () => {
  it('turns a picture into a sound named after it, and a sound into a picture', async () => {
    put('seven.png', digit);
    const first = await generate('seven.png');
    expect(first.stdout).toMatch(
      /^seven\.png → seven\.wav, seven\.mel\.png \(label \w+, voice (ann|bob)\)\n$/,
    );
    expect(first.code).toBe(0);
    const sound = readWav(readFileSync(join(cwd, 'seven.wav')));
    expect(sound.sampleRate).toBe(8000);
    expect(sound.channels).toHaveLength(1);
    expect((await sharp(join(cwd, 'seven.mel.png')).metadata()).width).toBe(512);

    const surer = await generate('seven.png', '--attempts', '8', '--out', 'again');
    expect(surer.stdout.match(/\(.*\)/)?.[0]).toBe(first.stdout.match(/\(.*\)/)?.[0]); // the same class and voice
    expect(readFileSync(join(cwd, 'again/seven.wav'))).not.toEqual(readFileSync(join(cwd, 'seven.wav')));

    put('word.wav', word);
    expect((await generate('word.wav', '--out', 'made')).code).toBe(0);
    const { width, height, channels } = await sharp(join(cwd, 'made/word.png')).metadata();
    expect([width, height, channels]).toEqual([28, 28, 1]);
  });

  it('never writes over a file without --force, nor over an input with it', async () => {
    put('seven.png', digit);
    put('seven.wav', 'mine');
    expectClearError(await generate('seven.png'), /seven\.wav exists already; add --force/);
    expect(readFileSync(join(cwd, 'seven.wav'), 'utf8')).toBe('mine');
    expect(files()).toEqual(['seven.png', 'seven.wav']);
    put('seven.wav', word);
    expectClearError(await generate('seven.png', 'seven.wav', '--force'), /which is an input/);
    expect((await generate('seven.png', '--force')).code).toBe(0);
    expect(readFileSync(join(cwd, 'seven.wav'))).not.toEqual(Buffer.from(word));
    mkdirSync(join(cwd, 'a'));
    put('a/seven.jpg', digit);
    expectClearError(
      await generate('seven.png', 'a/seven.jpg', '--force'),
      /would be written to the same file/,
    );
  });

  it('goes through a folder, goes on where it stopped, and lists what cannot be read', async () => {
    mkdirSync(join(cwd, 'in'));
    for (const name of ['a.png', 'b.png', 'c.png']) put(`in/${name}`, digit);
    put('in/notes.txt', 'not for us');
    put('in/broken.png', digit.subarray(0, 200));
    put('in/word.wav', word);
    const first = await generate('in', '--out', 'out', '--to', 'audio');
    expectClearError(first, /in\/broken\.png is damaged or cut off/);
    expect(first.stderr).toMatch(/1 of 4 failed/);
    const made = ['a.mel.png', 'a.wav', 'b.mel.png', 'b.wav', 'c.mel.png', 'c.wav'];
    expect(files('out')).toEqual(made);

    rmSync(join(cwd, 'in/broken.png'));
    rmSync(join(cwd, 'out/b.wav'));
    put('out/a.wav', 'done');
    const second = await generate('in', '--out', 'out', '--to', 'audio');
    expect(second.code).toBe(0);
    expect(second.stdout).toMatch(/^in\/b\.png → /);
    expect(second.stdout).toMatch(/2 done already/);
    expect(readFileSync(join(cwd, 'out/a.wav'), 'utf8')).toBe('done');
    expect(files('out')).toEqual(made);
    // alone as in the folder
    expect((await generate('in/b.png')).code).toBe(0);
    expect(readFileSync(join(cwd, 'b.wav'))).toEqual(readFileSync(join(cwd, 'out/b.wav')));
  });

  it('makes several sounds of one picture, and pairs from nothing, as one JSON document', async () => {
    put('seven.png', digit);
    expect((await generate('seven.png', '--count', '2')).code).toBe(0);
    const several = ['seven-1.mel.png', 'seven-1.wav', 'seven-2.mel.png', 'seven-2.wav', 'seven.png'];
    expect(files()).toEqual(several);
    const { stdout, code } = await generate('--to', 'both', '--count', '2', '--label', 'seven', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout).results).toEqual(
      [1, 2].map((i) => ({
        sound: `sample-000${i}.wav`,
        mel: `sample-000${i}.mel.png`,
        picture: `sample-000${i}.png`,
        label: 'seven',
        voice: expect.stringMatching(/^(ann|bob)$/),
      })),
    );
    expect(files()).toContain('sample-0002.png');
  });

  it('says what is wrong with a command line, and exits with 2', async () => {
    for (const [args, message] of [
      [[], /name a picture, a sound or a folder/],
      [['x.png', '--to', 'both'], /leave the inputs out/],
      [['x.png', '--label', 'seven'], /--label goes with --to both/],
      [['x.png', '--count', '0'], /whole number of at least 1/],
      [['x.png', '--temperature', 'hot'], /number of at least 0/],
      [['x.png', '--attempts', '0'], /whole number of at least 1/],
      [['x.png', '--backend', 'quantum'], /Allowed choices are tensorflow, wasm, cpu/],
    ] as const) {
      const { code, stderr } = await generate(...args);
      expect(stderr).toMatch(message);
      expect(code).toBe(2);
    }
    const { code, stdout } = await visualEchoes(['generate', '--help'], { cwd });
    expect(stdout).toMatch(/Examples:/);
    expect(code).toBe(0);
  });

  it('names a class that is not there, and a model that is not there', async () => {
    expectClearError(await generate('--to', 'both', '--label', 'eleven'), /no class "eleven".*seven \(7\)/);
    const missing = await visualEchoes(['generate', '--to', 'both', '--model', '@nobody/model', '--json'], {
      cwd,
    });
    expectClearError(missing, /npm install @nobody\/model/);
    expect(JSON.parse(missing.stdout).error.code).toBe('file-access');
  });

  it('stops at Ctrl-C with nothing half written', async () => {
    const outcome = await visualEchoes(['generate', '--to', 'both', '--count', '5000', ...model], {
      cwd,
      interruptAt: /Backend: /,
    });
    expect(outcome.stderr).toMatch(/Interrupted\./);
    expect(outcome.code).toBe(130);
    const made = files();
    expect(made.length).toBeLessThan(5000);
    expect(made.filter((name) => !/^sample-\d{4}\.(wav|png|mel\.png)$/.test(name))).toEqual([]);
    expect(made.length % 3).toBe(0);
  });
});

describe('what should not be there', () => {
  it('a file of 0 bytes', async () => {
    put('empty.png', '');
    put('nothing.wav', '');
    expectClearError(
      await generate('empty.png', 'nothing.wav'),
      /empty\.png is empty[\s\S]*nothing\.wav: .*0 bytes/,
    );
    expect(files()).toEqual(['empty.png', 'nothing.wav']);
  });

  it('a PNG that is cut off, and one that is something else', async () => {
    put('cut.png', digit.subarray(0, digit.length >> 1));
    put('text.png', 'hello');
    expectClearError(
      await generate('cut.png', 'text.png'),
      /cut\.png is damaged[\s\S]*text\.png is of a format/,
    );
    expect(files()).toEqual(['cut.png', 'text.png']);
  });

  it('a WAV whose header claims 4 GB', async () => {
    const bytes = Buffer.from(word);
    bytes.writeUInt32LE(0xffffffff, 4);
    bytes.writeUInt32LE(0xfffffff0, 40);
    put('huge.wav', bytes);
    put('header.wav', bytes.subarray(0, 44));
    const outcome = await generate('huge.wav', 'header.wav');
    expectClearError(outcome, /header\.wav: The WAV file has no samples/);
    expect(outcome.stdout).toMatch(/huge\.wav → huge\.png/); // what is there is used
  });

  it('a PNG of 1×1 and one of 12,000×12,000', async () => {
    put(
      'dot.png',
      await sharp({ create: { width: 1, height: 1, channels: 3, background: '#000' } })
        .png()
        .toBuffer(),
    );
    const page = { width: 12_000, height: 12_000, channels: 3, background: '#f0f0e8' } as const;
    put(
      'poster.png',
      await sharp({ create: page })
        .composite([{ input: digit, left: 6000, top: 6000 }])
        .composite([{ input: await drawSeven(4000).png().toBuffer(), left: 3000, top: 3000 }])
        .png({ compressionLevel: 1 })
        .toBuffer(),
    );
    const outcome = await generate('dot.png', 'poster.png');
    expectClearError(outcome, /dot\.png: A picture of 1×1 is too small/);
    expect(outcome.stdout).toMatch(/poster\.png → poster\.wav/);
  }, 120_000);

  it('a stereo WAV of 96 kHz and 24 bits', async () => {
    put('studio.wav', writeWav(tone({ sampleRate: 96_000, channels: 2 }), { bitDepth: 24 }));
    expect((await generate('studio.wav')).stdout).toMatch(/studio\.wav → studio\.png/);
  });

  it('an hour of silence', async () => {
    put(
      'hour.wav',
      writeWav({ sampleRate: 8000, channels: [new Float32Array(3600 * 8000)] }, { bitDepth: 8 }),
    );
    put('minute.wav', writeWav({ sampleRate: 8000, channels: [new Float32Array(50 * 8000)] }));
    expectClearError(
      await generate('hour.wav', 'minute.wav'),
      /hour\.wav: .*3600 s[\s\S]*minute\.wav: .*silent/,
    );
  });

  it('a sound that is named WAV, is MP3 and holds nothing', async () => {
    put('song.wav', Buffer.concat([Buffer.from('ID3'), Buffer.alloc(500)]));
    expectClearError(await generate('song.wav'), /song\.wav: the MP3 file is damaged/i);
  });

  it('a safetensors file whose header lies', async () => {
    const broken = join(home, 'broken-model');
    await writeTinyModel(broken);
    const path = join(broken, 'transformer.safetensors');
    const bytes = readFileSync(path);
    const at = bytes.indexOf('"data_offsets":[0,') + '"data_offsets":[0,'.length;
    bytes.write('9', at);
    writeFileSync(path, bytes);
    put('seven.png', digit);
    const outcome = await visualEchoes(['generate', 'seven.png', '--model', broken], { cwd });
    expectClearError(outcome, /transformer\.safetensors: .*safetensors/);
    bytes.writeBigUInt64LE(2n ** 62n, 0);
    writeFileSync(path, bytes);
    expectClearError(
      await visualEchoes(['generate', 'seven.png', '--model', broken], { cwd }),
      /transformer\.safetensors: .*header claims/,
    );
    expect(files()).toEqual(['seven.png']);
  });

  it('a folder that is not there or holds nothing', async () => {
    mkdirSync(join(cwd, 'nothing'));
    expectClearError(await generate('nothing'), /no pictures or sounds in nothing/);
    expectClearError(await generate('nowhere'), /Cannot read nowhere: it does not exist/);
    put('file', '');
    expectClearError(await generate('--to', 'both', '--out', 'file'), /Cannot write file\//);
  });

  it('a folder without permission to read or to write', async (context) => {
    const asRoot = process.getuid?.() === 0;
    if (asRoot) {
      // Root may read everything, so the command must run as somebody else, who must be able to read this repository.
      try {
        execFileSync(
          process.execPath,
          ['-e', `require('fs').readdirSync(${JSON.stringify(process.cwd())})`],
          {
            uid: 65534,
            gid: 65534,
            stdio: 'ignore',
          },
        );
      } catch {
        context.skip('run by root, and nobody else may read this repository');
      }
    }
    chmodSync(home, 0o755);
    mkdirSync(join(cwd, 'locked'));
    put('locked/seven.png', digit);
    put('seven.png', digit);
    chmodSync(join(cwd, 'locked'), 0o000);
    const user = asRoot ? { uid: 65534, gid: 65534 } : {};
    const run = (...args: string[]) => visualEchoes(['generate', ...args, ...model], { cwd, ...user });
    expectClearError(await run('locked'), /Cannot read locked: permission is denied/);
    chmodSync(join(cwd, 'locked'), 0o555);
    expectClearError(
      await run('seven.png', '--out', 'locked'),
      /Cannot write .*locked.*permission is denied/,
    );
    chmodSync(join(cwd, 'locked'), 0o755);
    expect(files('locked')).toEqual(['seven.png']);
  });

  it('a full disk', async () => {
    // Writing fails as the system fails it; a disk that is really full cannot be had without rights to mount one.
    put(
      'full-disk.mjs',
      `import promises from 'node:fs/promises';
       import { syncBuiltinESMExports } from 'node:module';
       const open = promises.open;
       promises.open = async (path, ...rest) => {
         const file = await open(path, ...rest);
         if (String(path).endsWith('.part')) file.writeFile = async () => {
           throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
         };
         return file;
       };
       syncBuiltinESMExports();`,
    );
    put('seven.png', digit);
    const env = { NODE_OPTIONS: `--import ${join(cwd, 'full-disk.mjs')}` };
    const outcome = await visualEchoes(['generate', 'seven.png', '--out', 'out', ...model], { cwd, env });
    expectClearError(outcome, /Cannot write .*: the disk is full; free some room/);
    expect(existsSync(join(cwd, 'out')) ? files('out') : []).toEqual([]);
  });
});

describe('reconstruct and doctor', () => {
  it('writes what the tokenizer makes of a picture and of a sound, with the error', async () => {
    put('seven.png', digit);
    put('word.wav', word);
    const { stdout, code } = await visualEchoes(
      ['reconstruct', 'seven.png', 'word.wav', '--json', ...model],
      { cwd },
    );
    expect(code).toBe(0);
    const [picture, sound] = JSON.parse(stdout).results;
    expect(picture).toMatchObject({ picture: 'seven.reconstruction.png', psnr: expect.any(Number) });
    expect(sound).toMatchObject({ sound: 'word.reconstruction.wav', melError: expect.any(Number) });
    expect(files()).toContain('word.reconstruction.mel.png');
  });

  it('writes mel spectrograms that NumPy reads, and never over a file', async () => {
    put('word.wav', word);
    put('seven.png', digit);
    const args = ['mel', 'word.wav', ...model, '--json'];
    const { stdout, code } = await visualEchoes(args, { cwd });
    expect(code).toBe(0);
    const report = JSON.parse(stdout);
    const shape = { bands: report.mel.melBands, frames: 1 + Math.floor(8000 / report.mel.hopLength) };
    expect(report.results).toEqual([
      { input: 'word.wav', npy: 'word.mel.npy', mel: 'word.mel.png', ...shape, channels: 1 },
    ]);
    expect(readNpy(readFileSync(join(cwd, 'word.mel.npy'))).shape).toEqual([shape.bands, shape.frames]);
    expectClearError(await visualEchoes(args, { cwd }), /word\.mel\.npy exists already; add --force/);
    const again = await visualEchoes([...args, '--force', '--compare', '.'], { cwd });
    expect(JSON.parse(again.stdout).results[0].error).toBe(0);
    expectClearError(await visualEchoes(['mel', 'seven.png', ...model], { cwd }), /seven\.png is a picture/);
  });

  it('lists the engines and the model', async () => {
    const { stdout, code } = await visualEchoes(['doctor', '--json', ...model], { cwd });
    expect(code).toBe(0);
    const { engines, model: found } = JSON.parse(stdout);
    expect(engines.map((engine: { name: string }) => engine.name)).toContain('wasm');
    expect(found).toMatchObject({ ok: true, text: expect.stringMatching(/tiny/) });
  }, 120_000);

  it('names a browser that is missing, and how to get it', async () => {
    const env = { CHROMIUM: join(cwd, 'no-such-browser') };
    const { stdout, code } = await visualEchoes(['doctor', ...model], { cwd, env });
    expect(code).toBe(0);
    expect(stdout).toMatch(/– browser: no Chromium.*\n {4}get it: \S+/);
  }, 120_000);
});
