import { geluSnippet } from './erf.js';
import { runShader, sizeOf, spread, type WebGpuKernel, workgroupNumber } from './webgpu-backend.js';

const elementwise = (expression: string) => /* wgsl */ `
${geluSnippet()}
${workgroupNumber}
fn main() {
  let i = workgroupIndex() * 64 + i32(localId.x);
  if (i < uniforms.count) { result[i] = ${expression}; }
}
`;

const gelu = elementwise('gelu(x[i])');

/** The exact GELU. */
export const geluKernel: WebGpuKernel = {
  name: 'Gelu',
  run: ({ x }, _, backend) => {
    const count = sizeOf(x.shape);
    return runShader(backend, {
      key: 'Gelu',
      code: gelu,
      workgroupSize: [64],
      dispatch: spread(Math.ceil(count / 64)),
      inputs: { x },
      output: backend.makeTensorInfo(x.shape, 'float32'),
      integers: { count },
    });
  },
};

// Φ + x·φ
const geluGrad = elementwise(
  `dy[i] * (0.5 * (erf(x[i] * ${Math.SQRT1_2}) + 1.0) + x[i] * exp(-0.5 * x[i] * x[i]) * ${1 / Math.sqrt(2 * Math.PI)})`,
);

/** Its gradient. */
export const geluGradKernel: WebGpuKernel = {
  name: 'GeluGrad',
  run: ({ x, dy }, _, backend) => {
    const count = sizeOf(x.shape);
    return runShader(backend, {
      key: 'GeluGrad',
      code: geluGrad,
      workgroupSize: [64],
      dispatch: spread(Math.ceil(count / 64)),
      inputs: { x, dy },
      output: backend.makeTensorInfo(x.shape, 'float32'),
      integers: { count },
    });
  },
};
