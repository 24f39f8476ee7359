import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ConfigurationError, FileAccessError } from '@visual-echoes/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listPairs } from './list-pairs.js';
import { listVggsound } from './list-vggsound.js';
import { listVideos } from './list-videos.js';
import type { Listing } from './listing.js';
import { planShards, surveyListing } from './plan-shards.js';
import { readCsvLines } from './read-csv-lines.js';
import { recogniseSource } from './recognise-source.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'listing-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (path: string) => join(folder, path);
function put(...paths: string[]): void {
  for (const path of paths) {
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), 'some');
  }
}
async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}
const clipsOf = async (listing: Listing) =>
  (await all(listing.clips())).map(({ id, split, label, find }) => ({ id, split, label, parts: find() }));

describe('listVideos', () => {
  it('takes splits and classes from folders, and leaves out what is no video', async () => {
    put('b.mp4', 'a.txt', '.hidden.mp4', 'dog/2019/x.MOV', 'dog/y.webm', 'test/cat/z.mkv', 'val/w.avi');
    expect(await clipsOf(listVideos(folder))).toEqual(
      [
        { id: 'b.mp4', split: 'train', label: null },
        { id: 'dog/2019/x.MOV', split: 'train', label: 'dog' },
        { id: 'dog/y.webm', split: 'train', label: 'dog' },
        { id: 'test/cat/z.mkv', split: 'test', label: 'cat' },
        { id: 'val/w.avi', split: 'val', label: null },
      ].map((clip) => ({ ...clip, parts: { type: 'video', video: at(clip.id) } })),
    );
  });
});

describe('listPairs', () => {
  const options = { frames: 2, seed: 1 };

  it('pairs by name within a class, and says what has no partner', async () => {
    put('a.jpg', 'a.wav', 'b.png', 'dog/x.jpg', 'dog/x.mp3', 'dog/y.mp3');
    put('cat/pictures/1.png', 'cat/sounds/1.wav');
    expect(await clipsOf(listPairs(folder, options))).toEqual([
      {
        ...{ id: 'cat/sounds/1.wav', split: 'train', label: 'cat' },
        parts: { type: 'pair', pictures: [at('cat/pictures/1.png')], sound: at('cat/sounds/1.wav') },
      },
      {
        ...{ id: 'dog/x.mp3', split: 'train', label: 'dog' },
        parts: { type: 'pair', pictures: [at('dog/x.jpg')], sound: at('dog/x.mp3') },
      },
      {
        ...{ id: 'dog/y.mp3', split: 'train', label: 'dog' },
        parts: { type: 'none', reason: expect.stringMatching(/no picture for dog\/y\.mp3/) },
      },
      {
        ...{ id: 'a.wav', split: 'train', label: null },
        parts: { type: 'pair', pictures: [at('a.jpg')], sound: at('a.wav') },
      },
      {
        ...{ id: 'b.png', split: 'train', label: null },
        parts: { type: 'none', reason: expect.stringMatching(/no sound for b\.png/) },
      },
    ]);
  });

  it('draws pictures of the class by the seed where no names agree', async () => {
    put(...[1, 2, 3, 4, 5].map((i) => `test/dog/picture-${i}.jpg`), 'test/dog/bark.wav', 'test/dog/woof.wav');
    const clips = await clipsOf(listPairs(folder, options));
    expect(clips.map(({ id, split, label }) => [id, split, label])).toEqual([
      ['test/dog/bark.wav', 'test', 'dog'],
      ['test/dog/woof.wav', 'test', 'dog'],
    ]);
    for (const { parts } of clips) expect(parts.type === 'pair' && new Set(parts.pictures).size).toBe(2);
    expect(await clipsOf(listPairs(folder, options))).toEqual(clips);
    const seeds = await Promise.all([2, 3, 4].map((seed) => clipsOf(listPairs(folder, { frames: 2, seed }))));
    expect(seeds).not.toEqual([clips, clips, clips]);
    const [most] = await clipsOf(listPairs(folder, { frames: 10, seed: 1 }));
    expect(most.parts.type === 'pair' && most.parts.pictures).toHaveLength(5);
  });
});

describe('listVggsound', () => {
  it('finds clips by both names, and keeps the lines that it cannot read', async () => {
    put(
      'clips/--a_b-c_15000_25000.mp4',
      'clips/video/train/defg_000030.webm',
      'clips/dog barking/hi_000000.mkv',
    );
    const lines = [
      '\uFEFF--a_b-c,15,"playing violin, ""fiddle""",train',
      'defg,30,dog barking,train',
      'hi,0,dog barking,test\r',
      '',
      'absent,1,dog barking,test',
      'x,1,"dog',
      'x,one,dog,train',
      '../x,1,dog,train',
      'x,1,dog',
      'x,1,a/b,train',
      'x,1,dog,../train',
      'x'.repeat(20_000),
    ];
    writeFileSync(at('vggsound.csv'), lines.join('\n'));
    const clips = await clipsOf(listVggsound(at('vggsound.csv'), at('clips')));
    expect(clips.slice(0, 4)).toEqual([
      {
        ...{ id: '--a_b-c_000015', split: 'train', label: 'playing violin, "fiddle"' },
        parts: { type: 'video', video: at('clips/--a_b-c_15000_25000.mp4') },
      },
      {
        ...{ id: 'defg_000030', split: 'train', label: 'dog barking' },
        parts: { type: 'video', video: at('clips/video/train/defg_000030.webm') },
      },
      {
        ...{ id: 'hi_000000', split: 'test', label: 'dog barking' },
        parts: { type: 'video', video: at('clips/dog barking/hi_000000.mkv') },
      },
      {
        ...{ id: 'absent_000001', split: 'test', label: 'dog barking' },
        parts: {
          type: 'none',
          reason: `${at('clips')} has no absent_1000_11000.mp4 and no absent_000001.mp4.`,
        },
      },
    ]);
    expect(
      clips.slice(4).map(({ id, parts }) => [id, parts.type === 'none' && parts.reason.split(';')[0]]),
    ).toEqual([
      ['line 6', 'Line 6 is no line of a CSV file'],
      ['line 7', 'Line 7 has "one" for the seconds of its start'],
      ['line 8', 'Line 8 has "../x" for an id'],
      ['line 9', 'Line 9 has 3 cells where 4 were due'],
      ['line 10', 'Line 10 has "a/b" for a label'],
      ['line 11', 'Line 11 has "../train" for a split'],
      ['line 12', 'Line 12 is no line of a CSV file'],
    ]);
  });

  it('passes over a header, and says that there is no list', async () => {
    writeFileSync(at('list.csv'), '# YouTube ID,start seconds,label,split\nab,1,c,d\n'.slice(2));
    expect((await clipsOf(listVggsound(at('list.csv'), folder))).map(({ id }) => id)).toEqual(['ab_000001']);
    await expect(all(readCsvLines(at('absent.csv')))).rejects.toThrow(FileAccessError);
  });
});

describe('planShards', () => {
  const listing = (clips: [string, string, string | null][]): Listing => ({
    ...{ kind: 'videos', name: 'made' },
    async *clips() {
      for (const [id, split, label] of clips) {
        yield { id, split, label, input: id, identity: id, find: () => ({ type: 'none', reason: id }) };
      }
    },
  });
  const clips: [string, string, string | null][] = [
    ['a', 'train', 'x'],
    ['b', 'test', null],
    ['c', 'train', 'y'],
    ['d', 'train', 'x'],
    ['e', 'test', 'w'],
  ];

  it('gives each shard one split, and a survey that changes with the clips', async () => {
    const shards = await all(planShards(listing(clips), 2));
    expect(shards.map(({ file, clips }) => [file, clips.map(({ id }) => id).join('')])).toEqual([
      ['train-00000.parquet', 'ac'],
      ['test-00000.parquet', 'be'],
      ['train-00001.parquet', 'd'],
    ]);
    const survey = await surveyListing(listing(clips), 2);
    expect(survey).toMatchObject({
      clips: 5,
      labels: ['w', 'x', 'y'],
      shards: [
        { file: 'test-00000.parquet', split: 'test', clips: 2 },
        { file: 'train-00000.parquet', split: 'train', clips: 2 },
        { file: 'train-00001.parquet', split: 'train', clips: 1 },
      ],
    });
    const other = await surveyListing(listing([...clips.slice(0, 4), ['e', 'test', 'v']]), 2);
    expect(other.listing).not.toBe(survey.listing);
  });

  it('refuses a list whose splits are no splits', async () => {
    const many = Array.from({ length: 200 }, (_, i): [string, string, null] => [`${i}`, `s${i}`, null]);
    await expect(surveyListing(listing(many), 2)).rejects.toThrow(/more than 100 splits/);
  });
});

describe('recogniseSource', () => {
  it('tells by what is there', async () => {
    put('list.csv', 'videos/dog/a.mp4', 'videos/a.jpg', 'pairs/a.jpg', 'pairs/b/a.wav', 'made/dataset.json');
    put('pictures/a.jpg', 'texts/a.txt', 'texts/b.md');
    mkdirSync(at('nothing'));
    expect(
      await Promise.all(['list.csv', 'videos', 'pairs', 'made'].map((name) => recogniseSource(at(name)))),
    ).toEqual(['vggsound', 'videos', 'pairs', 'dataset']);
    for (const name of ['nothing', 'texts']) {
      await expect(recogniseSource(at(name))).rejects.toThrow(/There are no videos/);
    }
    await expect(recogniseSource(at('pictures'))).rejects.toThrow(ConfigurationError);
    await expect(recogniseSource(at('pictures'))).rejects.toThrow(/holds pictures only/);
    await expect(recogniseSource(at('absent'))).rejects.toThrow(FileAccessError);
  });
});
