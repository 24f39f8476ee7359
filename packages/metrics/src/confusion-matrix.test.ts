import { readFileSync } from 'node:fs';
import { ConfigurationError, InvalidInputError, ShapeError } from '@visual-echoes/core';
import { describe, expect, it } from 'vitest';
import { accuracy } from './accuracy.js';
import { confusionMatrix } from './confusion-matrix.js';

// Reference: numpy's add.at, by fixtures/make_fixtures.py.
const fixture = JSON.parse(readFileSync(new URL('../fixtures/classes.json', import.meta.url), 'utf8'));
const { labels, predicted, confusion } = fixture;

describe('confusionMatrix', () => {
  it('agrees with numpy, a row a label', () => {
    expect([...confusionMatrix(predicted, labels, { classes: 10 })]).toEqual(confusion);
    expect([...confusionMatrix([1, 1, 0], [0, 1, 0], { classes: 2 })]).toEqual([1, 1, 0, 1]);
  });

  it('has the accuracy on its diagonal, and turns over with its arguments', () => {
    const counts = confusionMatrix(predicted, labels, { classes: 10 });
    const diagonal = counts.filter((_, i) => i % 11 === 0).reduce((sum, count) => sum + count, 0);
    expect(diagonal / labels.length).toBe(accuracy(predicted, labels));
    const turned = confusionMatrix(labels, predicted, { classes: 10 });
    expect(turned).toEqual(counts.map((_, i) => counts[(i % 10) * 10 + Math.floor(i / 10)]));
  });

  it('refuses other lengths and classes from outside', () => {
    expect(() => confusionMatrix([1], [1, 0], { classes: 2 })).toThrow(ShapeError);
    expect(() => confusionMatrix([2], [1], { classes: 2 })).toThrow(InvalidInputError);
    expect(() => confusionMatrix([0], [0], { classes: 0 })).toThrow(ConfigurationError);
  });
});
