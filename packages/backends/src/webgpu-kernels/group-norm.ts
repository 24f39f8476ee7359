import {
  runShader,
  sizeOf,
  spread,
  type WebGpuKernel,
  workgroupNumber,
  workgroupSum,
} from './webgpu-backend.js';

/** Mean and 1/√(variance + ε) of a group of a sample, by a workgroup of 256; long sums in blocks, which round less. */
const statistics = /* wgsl */ `
${workgroupNumber}
${workgroupSum(256)}
fn groupSum(first : i32, mean : f32, square : bool) -> f32 {
  let count = uniforms.pixels * uniforms.perGroup;
  var sum = 0.0;
  for (var i0 = i32(localId.x); i0 < count; i0 += 8192) {
    var block = 0.0;
    for (var i = i0; i < min(i0 + 8192, count); i += 256) {
      let d = x[first + (i / uniforms.perGroup) * uniforms.channels + i % uniforms.perGroup] - mean;
      block += select(d, d * d, square);
    }
    sum += block;
  }
  return total(sum) / f32(count);
}
fn main() {
  let group = min(workgroupIndex(), uniforms.count - 1);
  let groups = uniforms.channels / uniforms.perGroup;
  let first = (group / groups) * uniforms.pixels * uniforms.channels + (group % groups) * uniforms.perGroup;
  let mean = groupSum(first, 0.0, false);
  let variance = groupSum(first, mean, true);
  if (localId.x == 0u) {
    result[2 * group] = mean;
    result[2 * group + 1] = inverseSqrt(variance + uniforms.epsilon);
  }
}
`;

const apply = (swish: boolean) => /* wgsl */ `
${workgroupNumber}
fn main() {
  let i = workgroupIndex() * 64 + i32(localId.x);
  if (i >= uniforms.size) { return; }
  let channel = i % uniforms.channels;
  let sample = i / (uniforms.pixels * uniforms.channels);
  let group = 2 * (sample * (uniforms.channels / uniforms.perGroup) + channel / uniforms.perGroup);
  let y = (x[i] - groupStats[group]) * groupStats[group + 1] * weight[channel] + bias[channel];
  result[i] = ${swish ? 'y / (1.0 + exp(min(-y, 80.0)))' : 'y'};
}
`;

/** Group normalization, and swish after it where wanted. */
export const groupNorm: WebGpuKernel = {
  name: 'GroupNorm',
  run: ({ x, weight, bias }, attrs, backend) => {
    const { groups, epsilon, swish } = attrs as { groups: number; epsilon: number; swish: boolean };
    const [batch, height, width, channels] = x.shape;
    const pixels = height * width;
    const perGroup = channels / groups;
    const size = sizeOf(x.shape);
    if (size === 0) return backend.makeTensorInfo(x.shape, 'float32', new Float32Array(0));
    const count = batch * groups;
    const groupStats = runShader(backend, {
      key: 'GroupNormStatistics',
      code: statistics,
      workgroupSize: [256],
      dispatch: spread(count),
      inputs: { x },
      output: backend.makeTensorInfo([count, 2], 'float32'),
      integers: { pixels, channels, perGroup, count },
      floats: { epsilon },
    });
    const y = runShader(backend, {
      key: swish ? 'GroupNormSwish' : 'GroupNorm',
      code: apply(swish),
      workgroupSize: [64],
      dispatch: spread(Math.ceil(size / 64)),
      inputs: { x, weight, bias, groupStats },
      output: backend.makeTensorInfo(x.shape, 'float32'),
      integers: { pixels, channels, perGroup, size },
    });
    backend.disposeData(groupStats.dataId);
    return y;
  },
};
