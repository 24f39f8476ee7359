import * as tf from '@tensorflow/tfjs-core';
import {
  fusedKernel,
  gelu,
  groupNorm,
  layerNorm,
  linear,
  nearestCode,
  packHalves,
  selfAttention,
} from '@visual-echoes/core';
import { type Check, type Drawn, draw, tensor } from './check.js';
import { gradientChecks } from './gradient-checks.js';
import * as reference from './reference.js';

/** One operation of the self-check that came out wrong, and by how much of the reference's largest value. */
export interface SelfCheckFailure {
  check: string;
  /** max |difference| / max |reference|, or infinite where the operation threw or gave NaN. */
  error: number;
  message: string;
}

/** What `selfCheck` found. */
export interface SelfCheckResult {
  ok: boolean;
  failures: SelfCheckFailure[];
}

/** The largest max |difference| / max |reference| that passes: float32 rounding of these sizes is below 1e-6. */
const tolerance = 1e-4;

function matMul(name: string, a: Drawn, b: Drawn, transposeA = false, transposeB = false): Check {
  return {
    name,
    run: () => tf.matMul(tensor(a), tensor(b), transposeA, transposeB),
    expected: () => reference.matMul(a, b, transposeA, transposeB),
  };
}

function conv2d(name: string, x: Drawn, w: Drawn, stride: number): Check {
  return {
    name,
    run: () => tf.conv2d(tensor(x) as tf.Tensor4D, tensor(w) as tf.Tensor4D, stride, 'valid'),
    expected: () => reference.conv2d(x, w, stride),
  };
}

/** By a weight of packed halves, where the engine has the kernel for it. */
function linearOfHalves(x: Drawn, [K, N]: [K: number, N: number]): Check[] {
  if (!fusedKernel('LinearHalves')) return [];
  const weight = draw(31, K, N);
  weight.values = weight.values.map((value) => Math.round(value * 256) / 256); // has a half's 11 bits
  const packed = () => tf.tensor(packHalves(weight.values)!, [K, N / 2], 'int32');
  return [
    {
      name: 'linear of halves',
      run: () => linear(tensor(x) as tf.Tensor2D, packed(), undefined),
      expected: () => reference.matMul(x, weight, false, false),
    },
  ];
}

function map(
  name: string,
  x: Drawn,
  run: (x: tf.Tensor) => tf.Tensor,
  expected: (x: number) => number,
): Check {
  return { name, run: () => run(tensor(x)), expected: () => Float64Array.from(x.values, expected) };
}

function checks(): Check[] {
  const rows = draw(1, 3, 7, 33);
  const indices = [4, 0, 6, 6];
  const [lines, scale, shift] = [draw(19, 19, 37), draw(20, 37), draw(21, 37)];
  const [pictures, gains] = [draw(22, 2, 5, 3, 12), draw(23, 12)];
  const attended = draw(24, 2, 41, 30);
  const [matrix, offsets, codes] = [draw(25, 37, 21), draw(26, 21), draw(27, 53, 37)];
  return [
    matMul('matMul', draw(2, 17, 40), draw(3, 40, 23)),
    matMul('matMul, batched', draw(4, 3, 9, 20), draw(5, 3, 20, 13)),
    matMul('matMul, batched, b transposed', draw(6, 3, 9, 20), draw(7, 3, 13, 20), false, true),
    matMul('matMul, a transposed', draw(8, 40, 17), draw(9, 40, 23), true, false),
    conv2d('conv2d 3×3', draw(10, 2, 8, 9, 5), draw(11, 3, 3, 5, 12), 1),
    conv2d('conv2d 3×3, stride 2', draw(12, 2, 9, 9, 5), draw(13, 3, 3, 5, 12), 2),
    { name: 'softmax', run: () => tf.softmax(tensor(rows)), expected: () => reference.softmax(rows) },
    { name: 'mean', run: () => tf.mean(tensor(rows), -1), expected: () => reference.mean(rows) },
    { name: 'max', run: () => tf.max(tensor(rows), -1), expected: () => reference.max(rows) },
    {
      name: 'argMax',
      run: () => tf.cast(tf.argMax(tensor(rows), -1), 'float32'),
      expected: () => reference.argMax(rows),
    },
    {
      name: 'gather',
      run: () => tf.gather(tensor(rows), tf.tensor1d(indices, 'int32'), 1),
      expected: () => reference.gather(rows, indices),
    },
    {
      name: 'layer norm',
      run: () => layerNorm(tensor(lines) as tf.Tensor2D, tensor(scale), tensor(shift), 1e-6),
      expected: () => reference.layerNorm(lines, scale, shift, 1e-6),
    },
    {
      name: 'group norm and swish',
      run: () => {
        const attributes = { groups: 4, epsilon: 1e-6, swish: true };
        return groupNorm(tensor(pictures) as tf.Tensor4D, tensor(gains), tensor(gains), attributes);
      },
      expected: () => reference.groupNormSwish(pictures, gains, gains, 4, 1e-6),
    },
    {
      name: 'self-attention',
      run: () => selfAttention(tensor(attended), 2),
      expected: () => reference.selfAttention(attended, 2),
    },
    {
      name: 'linear and GELU',
      run: () => linear(tensor(lines) as tf.Tensor2D, tensor(matrix), tensor(offsets), 'gelu'),
      expected: () =>
        reference
          .matMul(lines, matrix, false, false)
          .map((sum, i) => reference.gelu(sum + offsets.values[i % offsets.values.length])),
    },
    ...linearOfHalves(lines, [37, 22]),
    {
      name: 'nearest code',
      run: () => tf.cast(nearestCode(tensor(lines) as tf.Tensor2D, tensor(codes) as tf.Tensor2D), 'float32'),
      expected: () => reference.nearestCode(lines, codes),
    },
    map('gelu', draw(30, 200), gelu, reference.gelu),
    map('exp', draw(14, 200), tf.exp, Math.exp),
    map('erf', draw(15, 200), tf.erf, reference.erf),
    map('tanh', draw(16, 200), tf.tanh, Math.tanh),
    map('sigmoid', draw(17, 200), tf.sigmoid, (x) => 1 / (1 + Math.exp(-x))),
    map(
      'rsqrt',
      draw(18, 200),
      (x) => tf.rsqrt(tf.add(tf.square(x), 1)),
      (x) => 1 / Math.sqrt(x * x + 1),
    ),
  ];
}

/**
 * Runs small operations of the kinds that the models use on the current backend, and compares them with plain
 * double-precision JavaScript; passes within 1e-4 of the largest reference value. The engine's backward kernels are
 * measured by differences. Takes some 50 ms.
 *
 * @example
 * const { ok, failures } = await selfCheck();
 * if (!ok) console.error(failures.map((failure) => failure.message).join('\n'));
 */
export async function selfCheck(): Promise<SelfCheckResult> {
  const failures: SelfCheckFailure[] = [];
  for (const { name, run, expected } of [...checks(), ...gradientChecks()]) {
    const { error, reason } = await measure(run, expected());
    if (error <= tolerance) continue;
    const message = `${name}: ${reason ?? `off by ${error.toExponential(1)} (at most ${tolerance})`}`;
    failures.push({ check: name, error, message });
  }
  return { ok: failures.length === 0, failures };
}

async function measure(
  run: () => tf.Tensor,
  expected: ArrayLike<number>,
): Promise<{ error: number; reason?: string }> {
  try {
    const result = tf.tidy(run);
    const values = await result.data();
    result.dispose();
    if (values.length !== expected.length) {
      return { error: Infinity, reason: `${values.length} values instead of ${expected.length}` };
    }
    let difference = 0;
    let largest = 0;
    for (let i = 0; i < values.length; i++) {
      const d = Math.abs(values[i] - expected[i]);
      if (!(d <= difference)) difference = Number.isNaN(d) ? Infinity : d;
      largest = Math.max(largest, Math.abs(expected[i]));
    }
    return { error: difference / largest };
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    return { error: Infinity, reason };
  }
}
