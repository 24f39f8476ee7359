import { Random } from '@visual-echoes/core';
import { describe, expect, it } from 'vitest';
import { holdApart } from './hold-apart.js';

describe('holdApart', () => {
  const items = Array.from({ length: 60 }, (_, i) => ({ class: i % 3, group: `${i % 3}-${i % 15}` }));

  it('keeps whole groups apart, of every class about the share', () => {
    const { train, held } = holdApart(items, 0.2, new Random(1));
    expect(train.length + held.length).toBe(60);
    for (let own = 0; own < 3; own++) expect(held.filter((item) => item.class === own)).toHaveLength(4);
    const groups = new Set(train.map(({ group }) => group));
    expect(held.some(({ group }) => groups.has(group))).toBe(false);
  });

  it('leaves a class of one group to be trained on', () => {
    const alone = { class: 3, group: 'alone' };
    expect(holdApart([...items, alone], 0.2, new Random(1)).train).toContain(alone);
  });

  it('gives the same for the same random numbers', () => {
    const once = () => holdApart(items, 0.2, new Random(7)).held;
    expect(once()).toEqual(once());
  });
});
