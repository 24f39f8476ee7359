import { describe, expect, it } from 'vitest';
import { type Mark, Sketch } from './sketch.js';

const stroke = (x: number): Mark => ({ kind: 'stroke', points: [[x, 0.5, 0.1]] });
const picture = { width: 1, height: 1, channels: 1 as const, data: Uint8Array.of(255) };

describe('Sketch', () => {
  it('draws on ink, and undoes stroke by stroke', () => {
    const sketch = new Sketch();
    sketch.add({ kind: 'ink', picture });
    sketch.add(stroke(0.1));
    expect(sketch.visible.value.map(({ kind }) => kind)).toEqual(['ink', 'stroke']);
    sketch.undo();
    expect(sketch.visible.value.map(({ kind }) => kind)).toEqual(['ink']);
  });

  it('brings back what was cleared', () => {
    const sketch = new Sketch();
    sketch.add(stroke(0.1));
    sketch.clear();
    expect(sketch.isEmpty.value).toBe(true);
    sketch.clear(); // nothing is there to clear
    sketch.undo();
    expect(sketch.visible.value).toEqual([stroke(0.1)]);
  });

  it('begins on an empty sheet after a photograph, and undo brings the photograph back', () => {
    const sketch = new Sketch();
    sketch.add({ kind: 'photo', picture });
    sketch.add(stroke(0.2));
    expect(sketch.visible.value).toEqual([stroke(0.2)]);
    sketch.undo();
    expect(sketch.visible.value.map(({ kind }) => kind)).toEqual(['photo']);
  });
});
