import { describe, expect, it } from 'vitest';
import { planConcept } from './plan-concept.js';

const icons = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ package: `@set/s${i}`, icon: 'dog', concept: 'dog' }));

const ofTest = (count: number, seed: number) =>
  planConcept('dog', icons(count), { pictures: 2, seed }).filter(({ split }) => split === 'test');

describe('planConcept', () => {
  it('gives one in ten drawings to test, with one picture, and the others to training', () => {
    const planned = planConcept('dog', icons(30), { pictures: 2, seed: 0 });
    const test = planned.filter(({ split }) => split === 'test');
    expect(test).toHaveLength(3);
    expect(planned).toHaveLength(3 + 2 * 27);
    expect(new Set(planned.map(({ path }) => path)).size).toBe(planned.length);
    for (const { icon } of test) expect(planned.filter((it) => it.icon === icon)).toHaveLength(1);
    expect(planned[0].path).toMatch(/^train\/dog\/-set-s0--dog--0\.png$/);
  });

  it('gives test one where there are eight, and of fewer by chance', () => {
    const counts = (count: number) => Array.from({ length: 100 }, (_, seed) => ofTest(count, seed).length);
    expect(new Set(counts(8))).toEqual(new Set([1]));
    const five = counts(5).reduce((sum, one) => sum + one, 0);
    expect(five).toBeGreaterThan(30); // 50 ± 5 of 100
    expect(five).toBeLessThan(70);
    expect(new Set(counts(15))).toEqual(new Set([1, 2]));
  });
});
