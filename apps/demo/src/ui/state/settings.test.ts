import { expect, it } from 'vitest';
import { Settings } from './settings.js';

it('draws another seed for each go but the first, unless it is kept', () => {
  const settings = new Settings();
  expect(settings.nextSeed()).toBe(1);
  expect(settings.nextSeed()).not.toBe(1);
  settings.keepsSeed.value = true;
  const kept = settings.nextSeed();
  expect(settings.nextSeed()).toBe(kept);
});

it('takes the seed that was drawn by hand', () => {
  const settings = new Settings();
  settings.nextSeed();
  settings.reroll();
  const drawn = settings.seed.value;
  expect(settings.nextSeed()).toBe(drawn);
});
