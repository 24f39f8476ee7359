import { ConfigurationError } from './errors.js';

/** The whole state of a `Random`: four 32-bit words, safe to write as JSON. */
export type RandomState = readonly [number, number, number, number];

/**
 * Seeded random numbers, drawn in JavaScript so that they are the same on every engine and machine.
 *
 * The generator is xoshiro128** (Blackman and Vigna, 2018), seeded through splitmix32.
 *
 * @example
 * const random = new Random(1);
 * random.uniform(); // the same number everywhere
 * random.fork('sample', 3).gumbel(); // a stream of its own, which leaves `random` as it was
 */
export class Random {
  private a = 0;
  private b = 0;
  private c = 0;
  private d = 0;

  /** @param seed any integer; every part of it matters. */
  constructor(seed: number | RandomState = 0) {
    if (typeof seed !== 'number') {
      this.state = seed;
      return;
    }
    if (!Number.isSafeInteger(seed)) {
      throw new ConfigurationError(`A seed is a whole number; ${seed} is none. Use 0, 1, 2, …`);
    }
    let s = (seed ^ Math.imul(Math.floor(seed / 2 ** 32), 0x9e3779b1)) | 0;
    const next = () => {
      s = (s + 0x9e3779b9) | 0;
      return mix(s);
    };
    this.state = [next(), next(), next(), next() | 1];
  }

  get state(): RandomState {
    return [this.a >>> 0, this.b >>> 0, this.c >>> 0, this.d >>> 0];
  }

  set state([a, b, c, d]: RandomState) {
    this.a = a | 0;
    this.b = b | 0;
    this.c = c | 0;
    this.d = d | 0;
  }

  /** A new stream named by `keys`, a function of this one's state, which stays as it is. */
  fork(...keys: (string | number)[]): Random {
    let h = this.state.reduce((hash, word) => mix(hash ^ word), 0x811c9dc5);
    for (const char of JSON.stringify(keys)) h = mix(h ^ char.codePointAt(0)!);
    return new Random(h >>> 0);
  }

  /** 32 random bits, as an unsigned integer. */
  bits(): number {
    const r = Math.imul(rotateLeft(Math.imul(this.b, 5), 7), 9);
    const t = this.b << 9;
    this.c ^= this.a;
    this.d ^= this.b;
    this.b ^= this.c;
    this.a ^= this.d;
    this.c ^= t;
    this.d = rotateLeft(this.d, 11);
    return r >>> 0;
  }

  /** Uniform on [low, high). */
  uniform(low = 0, high = 1): number {
    const unit = (this.bits() >>> 5) * 2 ** -27 + (this.bits() >>> 6) * 2 ** -53;
    return low + (high - low) * unit;
  }

  /** A whole number from 0 to `n` − 1. */
  integer(n: number): number {
    return Math.floor(this.uniform() * n);
  }

  /** Normally distributed (Box and Muller's polar form, Marsaglia 1964). */
  normal(mean = 0, standardDeviation = 1): number {
    for (;;) {
      const u = this.uniform(-1, 1);
      const v = this.uniform(-1, 1);
      const s = u * u + v * v;
      if (s > 0 && s < 1) return mean + standardDeviation * u * Math.sqrt((-2 * Math.log(s)) / s);
    }
  }

  /** Normally distributed, drawn again until it lies on [low, high]. */
  truncatedNormal(mean: number, standardDeviation: number, low: number, high: number): number {
    if (!(low < high))
      throw new ConfigurationError(`A truncated normal needs low < high, not [${low}, ${high}].`);
    for (let tries = 0; tries < 10_000; tries++) {
      const value = this.normal(mean, standardDeviation);
      if (value >= low && value <= high) return value;
    }
    throw new ConfigurationError(
      `A normal of mean ${mean} and deviation ${standardDeviation} never falls on [${low}, ${high}].`,
    );
  }

  /** Standard Gumbel, −log(−log u): added to logits, the largest is a draw from their softmax. */
  gumbel(): number {
    return -Math.log(-Math.log(this.uniform() || Number.MIN_VALUE));
  }

  /** The numbers 0 … `n` − 1 in random order (Fisher and Yates). */
  permutation(n: number): Int32Array {
    const order = Int32Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const kept = order[i];
      order[i] = order[j];
      order[j] = kept;
    }
    return order;
  }

  /** `length` draws of a normal, as float32. */
  normals(length: number, mean = 0, standardDeviation = 1): Float32Array {
    const out = new Float32Array(length);
    for (let i = 0; i < length; i++) out[i] = this.normal(mean, standardDeviation);
    return out;
  }

  /** `length` draws of a uniform, as float32. */
  uniforms(length: number, low = 0, high = 1): Float32Array {
    const out = new Float32Array(length);
    for (let i = 0; i < length; i++) out[i] = this.uniform(low, high);
    return out;
  }
}

const rotateLeft = (x: number, k: number) => (x << k) | (x >>> (32 - k));

/** The finalizer of murmur3 (Appleby), a bijection that spreads every bit over all. */
function mix(x: number): number {
  let h = x | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) | 0;
}
