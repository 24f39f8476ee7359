import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { crc32c, maskedCrc32c } from './crc32c.js';
import { encodeEvent, stepOf } from './event.js';
import { EVENT_FILE, EventFile } from './event-file.js';
import { readTfRecords } from './tf-record.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'events-'));
});
afterEach(() => rmSync(folder, { recursive: true }));
const path = () => join(folder, EVENT_FILE);
const steps = () => [...readTfRecords(readFileSync(path()))].map(({ data }) => stepOf(data));
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('crc32c', () => {
  it('has the values of RFC 3720, B.4', () => {
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(crc32c(new Uint8Array(32).fill(255))).toBe(0x62a8ab43);
    expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e);
    expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283);
  });

  it('is masked as in TFRecord files', () => {
    // The first twelve bytes of an event file by TensorFlow: a length of 24, and its checksum.
    expect(maskedCrc32c(Uint8Array.of(24, 0, 0, 0, 0, 0, 0, 0))).toBe(0x224b7fa3);
  });
});

describe('encodeEvent', () => {
  it('writes the protocol buffer that TensorFlow writes', () => {
    const event = encodeEvent({ step: 300, wallTime: 1.5, scalars: { loss: 0.25 } });
    const value = '0a046c6f7373' + '150000803e'; // tag "loss", simple_value 0.25
    expect(hex(event)).toBe(`09000000000000f83f${'10ac02'}2a0d0a0b${value}`);
    expect(stepOf(event)).toBe(300);
    expect(stepOf(encodeEvent({ step: 2 ** 33, wallTime: 0 }))).toBe(2 ** 33);
  });
});

describe('EventFile', () => {
  const write = (file: EventFile, from: number, to: number) => {
    for (let step = from; step <= to; step++) {
      file.append({ step, wallTime: step, scalars: { 'train/loss': 1 / step } });
    }
  };

  it('goes on without a doubled or a broken point', () => {
    const file = new EventFile(path());
    file.goOnAfter(0);
    write(file, 1, 5);
    const whole = readFileSync(path());
    expect(steps()).toEqual([0, 1, 2, 3, 4, 5]);

    truncateSync(path(), whole.length - 3); // killed while it wrote
    file.goOnAfter(9);
    expect(steps()).toEqual([0, 1, 2, 3, 4]);
    write(file, 5, 5);
    expect(readFileSync(path())).toEqual(whole);

    const again = new EventFile(path());
    again.goOnAfter(3);
    write(again, 4, 5);
    expect(readFileSync(path())).toEqual(whole);

    appendFileSync(path(), 'no record');
    again.goOnAfter(5);
    expect(readFileSync(path())).toEqual(whole);

    writeFileSync(path(), 'nothing of the kind');
    again.goOnAfter(5);
    expect(steps()).toEqual([0]);
  });

  const python = process.env['PYTHON'];
  it.skipIf(!python || !hasTensorBoard(python))('is read by TensorBoard', () => {
    const file = new EventFile(path());
    file.goOnAfter(0);
    write(file, 1, 3);
    const png = Uint8Array.of(137, 80, 78, 71);
    file.append({ step: 3, wallTime: 3, pictures: { 'samples/mels': { width: 4, height: 300, png } } });
    const script = `
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
events = EventAccumulator(sys.argv[1])
events.Reload()
scalars = [[e.step, e.wall_time, e.value] for e in events.Scalars('train/loss')]
images = [[e.step, e.width, e.height, list(e.encoded_image_string)] for e in events.Images('samples/mels')]
print(json.dumps([scalars, images]))`;
    const said = execFileSync(python!, ['-c', script, folder], { encoding: 'utf8' });
    const [scalars, images] = JSON.parse(said.trim().split('\n').at(-1)!);
    expect(scalars).toEqual([1, 2, 3].map((step) => [step, step, Math.fround(1 / step)]));
    expect(images).toEqual([[3, 4, 300, [...png]]]);
  });
});

function hasTensorBoard(python: string): boolean {
  try {
    execFileSync(python, ['-c', 'import tensorboard'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
