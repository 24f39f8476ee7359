/** Values in row-major order, with their shape. */
export interface Values {
  values: ArrayLike<number>;
  shape: number[];
}

/** [B?, M, K] × [B?, K, N] in double precision, both of one rank; either operand may be stored transposed. */
export function matMul(a: Values, b: Values, transposeA: boolean, transposeB: boolean): Float64Array {
  const [aRows, aColumns] = a.shape.slice(-2);
  const [bRows, bColumns] = b.shape.slice(-2);
  const [M, K] = transposeA ? [aColumns, aRows] : [aRows, aColumns];
  const N = transposeB ? bRows : bColumns;
  const batch = a.values.length / (M * K);
  const out = new Float64Array(batch * M * N);
  for (let n = 0; n < batch; n++) {
    for (let i = 0; i < M; i++) {
      for (let j = 0; j < N; j++) {
        let sum = 0;
        for (let k = 0; k < K; k++) {
          const left = n * M * K + (transposeA ? k * M + i : i * K + k);
          const right = n * K * N + (transposeB ? j * K + k : k * N + j);
          sum += a.values[left] * b.values[right];
        }
        out[(n * M + i) * N + j] = sum;
      }
    }
  }
  return out;
}

/** Unpadded convolution, [N, H, W, Cin] by [fh, fw, Cin, Cout], in double precision. */
export function conv2d(x: Values, filter: Values, stride: number): Float64Array {
  const [batch, H, W, inChannels] = x.shape;
  const [fh, fw, , outChannels] = filter.shape;
  const rows = Math.floor((H - fh) / stride) + 1;
  const columns = Math.floor((W - fw) / stride) + 1;
  const out = new Float64Array(batch * rows * columns * outChannels);
  let at = 0;
  for (let n = 0; n < batch; n++) {
    for (let y = 0; y < rows; y++) {
      for (let px = 0; px < columns; px++) {
        for (let o = 0; o < outChannels; o++, at++) {
          for (let i = 0; i < fh; i++) {
            for (let j = 0; j < fw; j++) {
              const from = ((n * H + y * stride + i) * W + px * stride + j) * inChannels;
              const tap = (i * fw + j) * inChannels;
              for (let c = 0; c < inChannels; c++) {
                out[at] += x.values[from + c] * filter.values[(tap + c) * outChannels + o];
              }
            }
          }
        }
      }
    }
  }
  return out;
}

/** Calls `f` with every row along the last axis. */
function rows<T>({ values, shape }: Values, f: (row: number[]) => T): T[] {
  const width = shape[shape.length - 1];
  const all = Array.from(values);
  return Array.from({ length: all.length / width }, (_, i) => f(all.slice(i * width, (i + 1) * width)));
}

/** Softmax along the last axis. */
export const softmax = (x: Values) =>
  rows(x, (row) => {
    const exps = row.map((v) => Math.exp(v - Math.max(...row)));
    const total = exps.reduce((a, b) => a + b);
    return exps.map((v) => v / total);
  }).flat();

/** Mean along the last axis. */
export const mean = (x: Values) => rows(x, (row) => row.reduce((a, b) => a + b) / row.length);

/** Maximum along the last axis. */
export const max = (x: Values) => rows(x, (row) => Math.max(...row));

/** Index of the maximum along the last axis. */
export const argMax = (x: Values) => rows(x, (row) => row.indexOf(Math.max(...row)));

/** Rows `indices` of the middle axis of [A, B, C]. */
export function gather({ values, shape }: Values, indices: number[]): number[] {
  const [A, B, C] = shape;
  const all = Array.from(values);
  return Array.from({ length: A }, (_, a) =>
    indices.flatMap((b) => all.slice((a * B + b) * C, (a * B + b + 1) * C)),
  ).flat();
}

/** x·Φ(x). */
export const gelu = (x: number): number => 0.5 * x * (1 + erf(x / Math.SQRT2));

/** Of rows, with a weight and a bias for each column. */
export const layerNorm = (x: Values, weight: Values, bias: Values, epsilon: number) =>
  rows(x, (row) => {
    const average = row.reduce((a, b) => a + b) / row.length;
    const variance = row.reduce((a, b) => a + (b - average) ** 2, 0) / row.length;
    return row.map(
      (v, i) => ((v - average) / Math.sqrt(variance + epsilon)) * weight.values[i] + bias.values[i],
    );
  }).flat();

/** Group normalization and swish of [B, H, W, C], with a weight and a bias for each channel. */
export function groupNormSwish(x: Values, weight: Values, bias: Values, groups: number, epsilon: number) {
  const [batch, H, W, C] = x.shape;
  const out = new Float64Array(x.values.length);
  const width = C / groups;
  for (let b = 0; b < batch; b++) {
    for (let g = 0; g < groups; g++) {
      const places = Array.from({ length: H * W * width }, (_, i) => {
        return (b * H * W + Math.floor(i / width)) * C + g * width + (i % width);
      });
      const group = { values: places.map((i) => x.values[i]), shape: [places.length] };
      const ones = { values: places.map(() => 1), shape: [] };
      const zeros = { values: places.map(() => 0), shape: [] };
      layerNorm(group, ones, zeros, epsilon).forEach((normal, i) => {
        const y = normal * weight.values[places[i] % C] + bias.values[places[i] % C];
        out[places[i]] = y / (1 + Math.exp(-y));
      });
    }
  }
  return out;
}

/** softmax(q·kᵀ/√d)·v of [B, N, 3 · heads · d], as the operation `selfAttention` has it. */
export function selfAttention({ values, shape }: Values, heads: number): Float64Array {
  const [batch, N, width3] = shape;
  const d = width3 / 3 / heads;
  const out = new Float64Array(batch * N * heads * d);
  const part = (b: number, third: number, h: number) => ({
    shape: [N, d],
    values: Float64Array.from({ length: N * d }, (_, i) => {
      return values[(b * N + Math.floor(i / d)) * width3 + (third * heads + h) * d + (i % d)];
    }),
  });
  for (let b = 0; b < batch; b++) {
    for (let h = 0; h < heads; h++) {
      const scores = matMul(part(b, 0, h), part(b, 1, h), false, true).map((score) => score / Math.sqrt(d));
      const weights = { values: softmax({ values: scores, shape: [N, N] }), shape: [N, N] };
      matMul(weights, part(b, 2, h), false, false).forEach((y, i) => {
        out[((b * N + Math.floor(i / d)) * heads + h) * d + (i % d)] = y;
      });
    }
  }
  return out;
}

/** Index of the nearest row of `codes` for each row of `vectors`. */
export const nearestCode = (vectors: Values, codes: Values) =>
  rows(vectors, (vector) => {
    const distances = rows(codes, (code) => code.reduce((sum, c, i) => sum + (c - vector[i]) ** 2, 0));
    return distances.indexOf(Math.min(...distances));
  });

/** Error function, 2/√π · e^(−x²) · Σ 2ⁿ x^(2n+1) / (2n+1)!!, whose terms all have one sign. */
export function erf(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; n < 200; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return Math.abs(x) > 6 ? Math.sign(x) : (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}
