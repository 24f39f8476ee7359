import type { TensorInfo } from '@tensorflow/tfjs-core';
import {
  runShader,
  spread,
  type WebGpuBackend,
  type WebGpuKernel,
  workgroupNumber,
  workgroupSum,
} from './webgpu-backend.js';

/** A workgroup of 64 a row; the mean first and the squares of the differences after it, which is exact. */
const rowStatistics = /* wgsl */ `
${workgroupNumber}
${workgroupSum(64)}
fn meanOf(row : i32) -> f32 {
  var sum = 0.0;
  for (var i = i32(localId.x); i < uniforms.width; i += 64) { sum += x[row * uniforms.width + i]; }
  return total(sum) / f32(uniforms.width);
}
fn inverseOf(row : i32, mean : f32) -> f32 {
  var squares = 0.0;
  for (var i = i32(localId.x); i < uniforms.width; i += 64) {
    let d = x[row * uniforms.width + i] - mean;
    squares += d * d;
  }
  return inverseSqrt(total(squares) / f32(uniforms.width) + uniforms.epsilon);
}
`;

// Rows past the last are computed as the last, so that every invocation meets the barriers.
const forward = /* wgsl */ `
${rowStatistics}
fn main() {
  let row = min(workgroupIndex(), uniforms.rows - 1);
  let mean = meanOf(row);
  let inverse = inverseOf(row, mean);
  for (var i = i32(localId.x); i < uniforms.width; i += 64) {
    let at = row * uniforms.width + i;
    result[at] = (x[at] - mean) * inverse * weight[i] + bias[i];
  }
}
`;

/** Layer normalization of rows. */
export const layerNorm: WebGpuKernel = {
  name: 'LayerNorm',
  run: ({ x, weight, bias }, { epsilon }, backend) => {
    const [rows, width] = x.shape;
    return runShader(backend, {
      key: 'LayerNorm',
      code: forward,
      workgroupSize: [64],
      dispatch: spread(rows),
      inputs: { x, weight, bias },
      output: backend.makeTensorInfo(x.shape, 'float32'),
      integers: { rows, width },
      floats: { epsilon: epsilon as number },
    });
  },
};

const gradient = /* wgsl */ `
${rowStatistics}
fn main() {
  let row = min(workgroupIndex(), uniforms.rows - 1);
  let mean = meanOf(row);
  let inverse = inverseOf(row, mean);
  var sum = 0.0;
  var along = 0.0;
  for (var i = i32(localId.x); i < uniforms.width; i += 64) {
    let at = row * uniforms.width + i;
    let d = dy[at] * weight[i];
    sum += d;
    along += d * (x[at] - mean) * inverse;
  }
  let dMean = total(sum) / f32(uniforms.width);
  let dAlong = total(along) / f32(uniforms.width);
  for (var i = i32(localId.x); i < uniforms.width; i += 64) {
    let at = row * uniforms.width + i;
    result[at] = (dy[at] * weight[i] - dMean - (x[at] - mean) * inverse * dAlong) * inverse;
  }
}
`;

const statistics = /* wgsl */ `
${rowStatistics}
fn main() {
  let row = min(workgroupIndex(), uniforms.rows - 1);
  let mean = meanOf(row);
  let inverse = inverseOf(row, mean);
  if (localId.x == 0u) { result[2 * row] = mean; result[2 * row + 1] = inverse; }
}
`;

/** Sums over rows, 16 columns a workgroup and 16 rows at a time, in blocks: of dy, or of dy times the normalized x. */
const columnSums = (term: string) => /* wgsl */ `
var<workgroup> partial : array<f32, 256>;
fn main() {
  let column = i32(workgroupId.x) * 16 + i32(localId.x);
  let c = min(column, uniforms.width - 1);
  var sum = 0.0;
  for (var r0 = i32(localId.y); r0 < uniforms.rows; r0 += 256) {
    var block = 0.0;
    for (var row = r0; row < min(r0 + 256, uniforms.rows); row += 16) {
      let at = row * uniforms.width + c;
      block += ${term};
    }
    sum += block;
  }
  partial[localId.y * 16u + localId.x] = sum;
  workgroupBarrier();
  if (localId.y == 0u && column < uniforms.width) {
    var all = 0.0;
    for (var i = 0u; i < 16u; i++) { all += partial[i * 16u + localId.x]; }
    result[column] = all;
  }
}
`;
const weightSums = columnSums('dy[at] * (x[at] - rowStats[2 * row]) * rowStats[2 * row + 1]');
const biasSums = columnSums('dy[at]');

/** Its gradients by x, weight and bias. */
export const layerNormGrad: WebGpuKernel = {
  name: 'LayerNormGrad',
  run: ({ x, weight, dy }, { epsilon }, backend) => {
    const [rows, width] = x.shape;
    const integers = { rows, width };
    const floats = { epsilon: epsilon as number };
    const byRow = (key: string, code: string, inputs: Record<string, TensorInfo>, shape: number[]) =>
      runShader(backend, {
        key,
        code,
        workgroupSize: [64],
        dispatch: spread(rows),
        inputs,
        output: backend.makeTensorInfo(shape, 'float32'),
        integers,
        floats,
      });
    const dx = byRow('LayerNormGrad', gradient, { x, weight, dy }, x.shape);
    const rowStats = byRow('LayerNormStatistics', statistics, { x }, [rows, 2]);
    const byColumn = (key: string, code: string, inputs: Record<string, TensorInfo>) =>
      sumRows(backend, key, code, inputs, integers);
    const dWeight = byColumn('LayerNormGradWeight', weightSums, { x, dy, rowStats });
    const dBias = byColumn('LayerNormGradBias', biasSums, { dy });
    backend.disposeData(rowStats.dataId);
    return [dx, dWeight, dBias];
  },
};

function sumRows(
  backend: WebGpuBackend,
  key: string,
  code: string,
  inputs: Record<string, TensorInfo>,
  integers: { rows: number; width: number },
): TensorInfo {
  return runShader(backend, {
    key,
    code,
    workgroupSize: [16, 16],
    dispatch: [Math.ceil(integers.width / 16)],
    inputs,
    output: backend.makeTensorInfo([integers.width], 'float32'),
    integers,
  });
}
