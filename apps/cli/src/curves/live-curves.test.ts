import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LiveCurves } from './live-curves.js';
import { RunReport } from './run-report.js';
import { Course, sparkline } from './sparkline.js';

describe('sparkline', () => {
  it('draws the least as the lowest bar and the most as the highest', () => {
    expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7])).toBe('▁▂▃▄▅▆▇█');
    expect(sparkline([2, 2])).toBe('▁▁');
  });
});

describe('Course', () => {
  it('keeps the course of any number of values in a few means', () => {
    const course = new Course(8);
    for (let i = 0; i < 1000; i++) course.add(i);
    expect(course.last).toBe(999);
    expect(course.values.length).toBeLessThanOrEqual(8);
    expect(course.values.length).toBeGreaterThanOrEqual(4);
    expect([...course.values]).toEqual([...course.values].sort((a, b) => a - b));
    expect(course.values[0]).toBe(63.5); // of 0 … 127
  });
});

/** A terminal that understands the two codes by which curves are drawn over. */
function terminal(columns = 60) {
  const lines = [''];
  const write = (text: string) => {
    const [, up = '0', plain = ''] = /^(?:\S\[(\d+)A\S\[J)?([\s\S]*)$/.exec(text) ?? [];
    const [first, ...rest] = plain.split('\n');
    if (Number(up) > 0) lines.splice(lines.length - 1 - Number(up), Number(up) + 1, '');
    lines[lines.length - 1] += first;
    lines.push(...rest);
  };
  return { write, columns, isTTY: true, lines };
}

describe('LiveCurves', () => {
  it('draws over itself, and prints lines above', () => {
    const screen = terminal();
    const curves = new LiveCurves(screen);
    for (const loss of [4, 3, 2, 1]) {
      curves.add({ loss, 'a long name': 5 });
      curves.draw(`loss ${loss}`);
    }
    curves.print('a warning');
    expect(screen.lines).toEqual([
      'a warning',
      'loss 1',
      'loss                 1 █▆▃▁',
      'a long name          5 ▁▁▁▁',
      '',
    ]);
    for (const line of screen.lines) expect(line.length).toBeLessThan(60);
  });
});

describe('RunReport', () => {
  const step = (number: number) => ({
    step: number,
    steps: 20,
    loss: 1 / number,
    metrics: { image: 2 },
    learningRate: 0.1,
    milliseconds: 12.3,
    dataMilliseconds: 0.123,
  });

  it('prints plain lines where there is no terminal, and goes on in the log where it stopped', async () => {
    const out = mkdtempSync(join(tmpdir(), 'report-'));
    const said: string[] = [];
    const begin = async (after: number) => {
      const report = new RunReport({ out, every: 2, screen: { write: (text) => said.push(String(text)) } });
      await report.start(after);
      return report;
    };
    const text = () => readFileSync(join(out, 'log.jsonl'), 'utf8');
    const report = await begin(0);
    for (const number of [1, 2, 3, 4]) report.progress(step(number));
    report.validation(4, { 'image→audio': 3.25 });
    expect(said).toEqual([
      'step 2/20: loss 0.5, image 2 (12 ms, data 0.12 ms)\n',
      'step 4/20: loss 0.25, image 2 (12 ms, data 0.12 ms)\n',
      'validation at step 4: image→audio 3.25\n',
    ]);
    const whole = text();
    const lines = () =>
      readFileSync(join(out, 'log.jsonl'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).step);
    expect(lines()).toEqual([2, 4, 4]);
    writeFileSync(join(out, 'log.jsonl'), `${whole}{"step":6,"lo`); // killed while it wrote
    const next = await begin(2);
    expect(lines()).toEqual([2]);
    next.progress(step(4));
    next.validation(4, { 'image→audio': 3.25 });
    expect(text().replace(/"megabytes":\d+/g, '')).toBe(whole.replace(/"megabytes":\d+/g, ''));
    rmSync(out, { recursive: true });
  });

  it('draws the curves of the run that it goes on with', async () => {
    const out = mkdtempSync(join(tmpdir(), 'report-'));
    const first = new RunReport({ out, every: 1, screen: terminal(80) });
    await first.start(0);
    for (const number of [1, 2, 4]) first.progress(step(number));
    const screen = terminal(80);
    const next = new RunReport({ out, every: 1, screen });
    await next.start(4);
    next.progress(step(5));
    expect(screen.lines[0]).toBe('step 5/20, 12 ms, data 0.12 ms');
    expect(screen.lines[1]).toBe('loss         0.2 █▃▁▁');
    rmSync(out, { recursive: true });
  });
});
