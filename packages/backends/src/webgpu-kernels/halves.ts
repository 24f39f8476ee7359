import { HALVES_SCALE } from '@visual-echoes/core';
import { runShader, sizeOf, spread, type WebGpuKernel, workgroupNumber } from './webgpu-backend.js';

/** WGSL: `pair(at)`, the two weights of a word of packed halves. */
export const pairSnippet = (words: string) => /* wgsl */ `
fn pair(at : i32) -> vec2<f32> { return unpack2x16float(bitcast<u32>(${words}[at])) * ${1 / HALVES_SCALE}; }
`;

const source = /* wgsl */ `
${workgroupNumber}
${pairSnippet('halves')}
fn main() {
  let at = workgroupIndex() * 64 + i32(localId.x);
  if (at >= uniforms.count) { return; }
  let weights = pair(at);
  result[2 * at] = weights.x;
  result[2 * at + 1] = weights.y;
}
`;

/** Packed halves, int32 `[…, n/2]` → float32 `[…, n]`. */
export const unpackHalves: WebGpuKernel = {
  name: 'UnpackHalves',
  run: ({ halves }, _, backend) => {
    const count = sizeOf(halves.shape);
    const shape = [...halves.shape.slice(0, -1), 2 * halves.shape.at(-1)!];
    return runShader(backend, {
      key: 'UnpackHalves',
      code: source,
      workgroupSize: [64],
      dispatch: spread(Math.ceil(count / 64)),
      inputs: { halves },
      output: backend.makeTensorInfo(shape, 'float32'),
      integers: { count },
    });
  },
};
