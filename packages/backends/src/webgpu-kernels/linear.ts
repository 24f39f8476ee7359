import type { TensorInfo } from '@tensorflow/tfjs-core';
import { geluSnippet } from './erf.js';
import { pairSnippet } from './halves.js';
import { bindingLimit, runShader, sizeOf, type WebGpuBackend, type WebGpuKernel } from './webgpu-backend.js';

/** How many of K are in workgroup memory at a time. */
const DEPTH = 16;

const range = (count: number) => Array.from({ length: count }, (_, i) => i);

/**
 * A workgroup of 8×8 makes a tile of `8·rows` by `8·columns`, of which an invocation holds `rows`×`columns` in
 * registers; the tiles of x (transposed) and of the weight lie in workgroup memory. The loops are written out, since
 * arrays that are indexed by variables do not live in registers.
 */
function source(
  rows: number,
  columns: number,
  wide: boolean,
  halves: boolean,
  bias: boolean,
  gelu: boolean,
): string {
  const [height, width] = [8 * rows, 8 * columns];
  const [high, across] = [rows / 4, columns / 4];
  const sums = range(rows).flatMap((i) => range(across).map((j) => `sum${i}_${j}`));
  const component = 'xyzw';
  return /* wgsl */ `
${gelu ? geluSnippet('vec4<f32>') : ''}
${halves ? pairSnippet('weight') : ''}
var<workgroup> left : array<vec4<f32>, ${(DEPTH * height) / 4}>;
var<workgroup> right : array<vec4<f32>, ${(DEPTH * width) / 4}>;
fn readX(row : i32, k : i32) -> f32 {
  if (row >= uniforms.rows || k >= uniforms.depth) { return 0.0; }
  return x[row * uniforms.stride + uniforms.first + k];
}
fn readWeight(k : i32, column : i32) -> vec4<f32> {
  var w = vec4<f32>(0.0);
  if (k < uniforms.depth && column < uniforms.columns) {
    let at = k * uniforms.columns + column;
    ${
      halves
        ? `w = vec4<f32>(pair(at / 2), vec2<f32>(0.0));
    if (column + 2 < uniforms.columns) { w = vec4<f32>(w.xy, pair(at / 2 + 1)); }`
        : wide
          ? 'w = weight[at / 4];'
          : `w.x = weight[at];
    if (column + 1 < uniforms.columns) { w.y = weight[at + 1]; }
    if (column + 2 < uniforms.columns) { w.z = weight[at + 2]; }
    if (column + 3 < uniforms.columns) { w.w = weight[at + 3]; }`
    }
  }
  return w;
}
fn store(row : i32, column : i32, product : vec4<f32>) {
  if (row >= uniforms.rows || column >= uniforms.columns) { return; }
  let at = row * uniforms.columns + column;
  var y = product;
  let count = min(4, uniforms.columns - column);
  if (uniforms.first > 0) {
    ${wide ? 'y += result[at / 4];' : 'for (var i = 0; i < count; i++) { y[i] += result[at + i]; }'}
  }
  if (uniforms.last == 1) {
    ${bias ? (wide ? 'y += bias[column / 4];' : 'for (var i = 0; i < count; i++) { y[i] += bias[column + i]; }') : ''}
    ${gelu ? 'y = gelu(y);' : ''}
  }
  ${wide ? 'result[at / 4] = y;' : 'for (var i = 0; i < count; i++) { result[at + i] = y[i]; }'}
}
fn main() {
  let row = i32(workgroupId.y) * ${height};
  let column = i32(workgroupId.x) * ${width};
  let lane = i32(localId.y) * 8 + i32(localId.x);
  ${sums.map((sum) => `var ${sum} = vec4<f32>(0.0);`).join('\n  ')}
  for (var k0 = 0; k0 < uniforms.depth; k0 += ${DEPTH}) {
    for (var i = lane; i < ${(DEPTH * height) / 4}; i += 64) {
      let k = i % ${DEPTH};
      let r = row + 4 * (i / ${DEPTH});
      left[k * ${height / 4} + i / ${DEPTH}] =
        vec4<f32>(readX(r, k0 + k), readX(r + 1, k0 + k), readX(r + 2, k0 + k), readX(r + 3, k0 + k));
    }
    for (var i = lane; i < ${(DEPTH * width) / 4}; i += 64) {
      right[i] = readWeight(k0 + i / ${width / 4}, column + 4 * (i % ${width / 4}));
    }
    workgroupBarrier();
    for (var k = 0; k < ${DEPTH}; k++) {
      ${range(high)
        .map((i) => `let a${i} = left[k * ${height / 4} + i32(localId.y) * ${high} + ${i}];`)
        .join('\n      ')}
      ${range(across)
        .map((j) => `let b${j} = right[k * ${width / 4} + i32(localId.x) * ${across} + ${j}];`)
        .join('\n      ')}
      ${range(rows)
        .flatMap((i) =>
          range(across).map((j) => `sum${i}_${j} += a${Math.floor(i / 4)}.${component[i % 4]} * b${j};`),
        )
        .join('\n      ')}
    }
    workgroupBarrier();
  }
  ${range(rows)
    .flatMap((i) =>
      range(across).map(
        (j) =>
          `store(row + i32(localId.y) * ${rows} + ${i}, column + i32(localId.x) * ${columns} + ${4 * j}, sum${i}_${j});`,
      ),
    )
    .join('\n  ')}
}
`;
}

/** x·W + b, and the exact GELU after it where wanted. */
export const linear: WebGpuKernel = {
  name: 'Linear',
  run: ({ x, weight, bias }, { activation }, backend) =>
    linearWithin(backend, { x, weight, bias }, activation === 'gelu', bindingLimit(backend)),
};

/** The same for a weight of packed halves, int32 `[K, N/2]`, and the same bits. */
export const linearHalves: WebGpuKernel = { ...linear, name: 'LinearHalves' };

/** The kernel for a device whose shaders see `limit` bytes of a buffer: a larger weight is taken by rows, one part after the other. */
export function linearWithin(
  backend: WebGpuBackend,
  { x, weight, bias }: { x: TensorInfo; weight: TensorInfo; bias?: TensorInfo },
  gelu: boolean,
  limit: number,
): TensorInfo {
  const [rows, depth] = x.shape;
  const halves = weight.dtype === 'int32';
  const columns = halves ? 2 * weight.shape[1] : weight.shape[1];
  const output = backend.makeTensorInfo([rows, columns], 'float32');
  const wide = columns % 4 === 0;
  // Small tiles where large ones would be too few to fill a GPU.
  const large = Math.ceil(rows / 64) * Math.ceil(columns / 64) >= 32;
  const size = large ? 8 : 4;
  // 64 rows of any length are a multiple of 256 bytes, at which a part of a buffer may begin. Of halves there are as many
  // parts, so that their sums are the same bits.
  const most = Math.max(64, Math.floor(limit / (4 * Math.max(1, columns)) / 64) * 64);
  const starts = depth <= most ? [0] : range(Math.ceil(depth / most)).map((i) => i * most);
  for (const first of starts) {
    const count = Math.min(most, depth - first);
    const part = starts.length === 1 ? weight : viewOfRows(backend, weight, first, count);
    runShader(backend, {
      key: `Linear_${size}${wide ? '_wide' : ''}${halves ? '_halves' : ''}${bias ? '_bias' : ''}${gelu ? '_gelu' : ''}`,
      code: source(size, size, wide, halves, bias !== undefined, gelu),
      workgroupSize: [8, 8],
      dispatch: [Math.ceil(columns / (8 * size)), Math.ceil(rows / (8 * size))],
      inputs: bias ? { x, weight: part, bias } : { x, weight: part },
      output,
      vec4: wide ? [...(halves ? [] : ['weight']), 'bias', 'result'] : [],
      integers: { rows, columns, stride: depth, depth: count, first, last: first + count >= depth ? 1 : 0 },
    });
    if (part !== weight) backend.disposeData(part.dataId);
  }
  return output;
}

/** Rows of a matrix, as a part of its buffer. */
function viewOfRows(backend: WebGpuBackend, matrix: TensorInfo, first: number, count: number): TensorInfo {
  backend.uploadToGPU(matrix.dataId);
  const { dtype } = matrix;
  const shape = [count, ...matrix.shape.slice(1)];
  const rowBytes = 4 * sizeOf(matrix.shape.slice(1));
  const dataId = { id: backend.nextDataId() };
  const resource = {
    buffer: backend.tensorMap.get(matrix.dataId).resource,
    offset: first * rowBytes,
    size: count * rowBytes,
  };
  backend.tensorMap.set(dataId, {
    dtype,
    shape,
    values: null,
    refCount: 1,
    resource,
    external: true,
  });
  return { dataId, dtype, shape };
}
