const BARS = '▁▂▃▄▅▆▇█';

/** Numbers as a line of bars, the least the lowest: one bar each. */
export function sparkline(values: readonly number[]): string {
  const low = Math.min(...values);
  const range = Math.max(...values) - low;
  return values
    .map((value) => BARS[range > 0 ? Math.min(7, Math.floor((8 * (value - low)) / range)) : 0])
    .join('');
}

/** The course of a figure in no more than `width` numbers, however long it becomes: each the mean of equally many. */
export class Course {
  /** The newest value. */
  last = Number.NaN;
  private readonly width: number;
  private means: number[] = [];
  private each = 1; // values behind a mean
  private sum = 0;
  private count = 0;

  constructor(width: number) {
    this.width = width;
  }

  add(value: number): void {
    this.last = value;
    this.sum += value;
    if (++this.count < this.each) return;
    this.means.push(this.sum / this.count);
    this.sum = 0;
    this.count = 0;
    if (this.means.length <= this.width) return;
    // Pairs become one; an odd one at the end is begun anew.
    const pairs = Math.floor(this.means.length / 2);
    const rest = this.means.slice(2 * pairs);
    this.means = Array.from({ length: pairs }, (_, i) => (this.means[2 * i] + this.means[2 * i + 1]) / 2);
    this.sum = rest.reduce((sum, mean) => sum + mean * this.each, 0);
    this.count = rest.length * this.each;
    this.each *= 2;
  }

  get values(): readonly number[] {
    return this.count > 0 ? [...this.means, this.sum / this.count].slice(-this.width) : this.means;
  }
}
