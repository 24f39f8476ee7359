import { describe, expect, it } from 'vitest';
import { ConfigurationError } from './errors.js';
import { Random } from './random.js';

const draw = (n: number, next: () => number) => Array.from({ length: n }, next);
const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('Random', () => {
  it('is xoshiro128**, by numbers from the published C code', () => {
    const random = new Random([1, 2, 3, 4]);
    expect(draw(10, () => random.bits())).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
    ]);
  });

  it('goes on from a saved state', () => {
    const random = new Random(5);
    random.bits();
    const copy = new Random(JSON.parse(JSON.stringify(random.state)));
    expect(draw(5, () => copy.uniform())).toEqual(draw(5, () => random.uniform()));
  });

  it('forks streams that differ by key and by seed, and stays as it was', () => {
    const random = new Random(3);
    const { state } = random;
    const first = (fork: Random) => fork.bits();
    const forks = [
      random.fork('step', 1),
      random.fork('step', 2),
      random.fork('step1'),
      random.fork(1, 'step'),
      new Random(4).fork('step', 1),
      new Random(3 + 2 ** 32).fork('step', 1),
    ].map(first);
    expect(new Set(forks).size).toBe(forks.length);
    expect(random.fork('step', 1).bits()).toBe(forks[0]);
    expect(random.state).toEqual(state);
  });

  it('draws uniforms and integers inside their range', () => {
    const random = new Random(7);
    const uniforms = draw(20_000, () => random.uniform(-2, 4));
    expect(Math.min(...uniforms)).toBeGreaterThanOrEqual(-2);
    expect(Math.max(...uniforms)).toBeLessThan(4);
    expect(Math.abs(mean(uniforms) - 1)).toBeLessThan(0.05); // 4 standard errors
    const counts = [0, 0, 0];
    for (let i = 0; i < 9000; i++) counts[random.integer(3)]++;
    for (const count of counts) expect(Math.abs(count - 3000)).toBeLessThan(4 * Math.sqrt(2000));
  });

  it('draws normals of the given mean and deviation', () => {
    const random = new Random(8);
    const values = draw(20_000, () => random.normal(1, 2));
    expect(Math.abs(mean(values) - 1)).toBeLessThan(4 * (2 / Math.sqrt(20_000)));
    expect(Math.abs(mean(values.map((value) => (value - 1) ** 2)) - 4)).toBeLessThan(0.16);
  });

  it("draws MAGE's mask ratio, whose mean is 0.694", () => {
    const random = new Random(9);
    const values = draw(20_000, () => random.truncatedNormal(0.55, 0.25, 0.5, 1));
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0.5);
    expect(Math.max(...values)).toBeLessThanOrEqual(1);
    expect(Math.abs(mean(values) - 0.694)).toBeLessThan(0.004);
  });

  it('draws Gumbel noise, of mean 0.5772 and variance π²/6', () => {
    const random = new Random(10);
    const values = draw(20_000, () => random.gumbel());
    const average = mean(values);
    expect(Math.abs(average - 0.5772)).toBeLessThan(4 * Math.sqrt(Math.PI ** 2 / 6 / 20_000));
    expect(Math.abs(mean(values.map((value) => (value - average) ** 2)) - Math.PI ** 2 / 6)).toBeLessThan(
      0.12,
    );
  });

  it('permutes', () => {
    const order = new Random(11).permutation(50);
    expect([...order].sort((a, b) => a - b)).toEqual(draw(50, Number).map((_, i) => i));
    expect([...order]).not.toEqual([...order].sort((a, b) => a - b));
    expect([...new Random(11).permutation(50)]).toEqual([...order]);
  });

  it('refuses seeds and ranges that are none', () => {
    expect(() => new Random(0.5)).toThrow(ConfigurationError);
    expect(() => new Random(1).truncatedNormal(0, 1, 2, 2)).toThrow(ConfigurationError);
    expect(() => new Random(1).truncatedNormal(0, 1, 90, 91)).toThrow(/never falls/);
  });
});
