import { describe, expect, it } from 'vitest';
import { listConcepts } from './list-concepts.js';

const NAMES = new Map([
  ['one', ['dog', 'dog-1', 'dog-2', 'dog-3', 'dog-4', 'dog-5', 'cat']],
  ['two', ['dog-fill', 'cat', 'cat-fill', 'sun']],
  ['three', ['dog', 'sun']],
]);

describe('listConcepts', () => {
  it('keeps what enough packages have, however many icons it has in one', () => {
    const kept = (sets: number) => [...listConcepts(NAMES, { sets, seed: 0 }).keys()];
    expect(kept(1)).toEqual(['cat', 'dog', 'sun']);
    expect(kept(2)).toEqual(['cat', 'dog', 'sun']);
    expect(kept(3)).toEqual(['dog']);
    expect(kept(4)).toEqual([]);
  });

  it('chooses two icons of a package by the seed', () => {
    const dogs = (seed: number) => listConcepts(NAMES, { sets: 3, seed }).get('dog')!;
    expect(dogs(1).map((it) => it.package)).toEqual(['one', 'one', 'two', 'three']);
    expect(dogs(1)).toEqual(dogs(1));
    const choices = Array.from({ length: 20 }, (_, seed) => dogs(seed).map((it) => it.icon));
    expect(new Set(choices.map(String)).size).toBeGreaterThan(5);
    for (const icons of choices) expect(new Set(icons.slice(0, 2)).size).toBe(2);
  });
});
