import { InvalidInputError } from '@visual-echoes/core';
import { runShader, spread, type WebGpuKernel, workgroupNumber } from './webgpu-backend.js';

const range = (count: number) => Array.from({ length: count }, (_, i) => i);

/** Codes that an invocation compares at a time, and how many of their floats are in workgroup memory. */
const CODES = 16;
const DEPTH = 32;

/** One vector an invocation; Σ (v − c)² itself, whose rounding is relative to the distance. */
const source = /* wgsl */ `
${workgroupNumber}
var<workgroup> tile : array<f32, ${CODES * DEPTH}>;
fn main() {
  let lane = i32(localId.x);
  let vector = workgroupIndex() * 64 + lane;
  let own = min(vector, uniforms.count - 1) * uniforms.width;
  var least = 3.0e38;
  var nearest = 0;
  for (var k0 = 0; k0 < uniforms.codeCount; k0 += ${CODES}) {
    ${range(CODES)
      .map((i) => `var sum${i} = 0.0;`)
      .join(' ')}
    for (var d0 = 0; d0 < uniforms.width; d0 += ${DEPTH}) {
      for (var i = lane; i < ${CODES * DEPTH}; i += 64) {
        let code = k0 + i / ${DEPTH};
        let d = d0 + i % ${DEPTH};
        var value = 0.0;
        if (code < uniforms.codeCount && d < uniforms.width) { value = codes[code * uniforms.width + d]; }
        tile[i] = value;
      }
      workgroupBarrier();
      for (var d = 0; d < min(${DEPTH}, uniforms.width - d0); d++) {
        let value = vectors[own + d0 + d];
        ${range(CODES)
          .map((i) => `{ let e = value - tile[${i * DEPTH} + d]; sum${i} += e * e; }`)
          .join('\n        ')}
      }
      workgroupBarrier();
    }
    ${range(CODES)
      .map(
        (i) =>
          `if (k0 + ${i} < uniforms.codeCount && sum${i} < least) { least = sum${i}; nearest = k0 + ${i}; }`,
      )
      .join('\n    ')}
  }
  if (vector < uniforms.count) { result[vector] = nearest; }
}
`;

/** The index of the nearest code, the first of equals. */
export const nearestCode: WebGpuKernel = {
  name: 'NearestCode',
  run: ({ vectors, codes }, _, backend) => {
    const [count, width] = vectors.shape;
    if (codes.shape[0] === 0) throw new InvalidInputError('NearestCode: there is no code to choose from.');
    return runShader(backend, {
      key: 'NearestCode',
      code: source,
      workgroupSize: [64],
      dispatch: spread(Math.ceil(count / 64)),
      inputs: { vectors, codes },
      output: backend.makeTensorInfo([count], 'int32'),
      integers: { count, width, codeCount: codes.shape[0] },
    });
  },
};
