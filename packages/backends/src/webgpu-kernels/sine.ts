import { runShader, sizeOf, spread, type WebGpuKernel, workgroupNumber } from './webgpu-backend.js';

/** π as a number of few bits, whose multiples are exact, and the rest of it (Cody and Waite). */
const HIGH = 3.140625;
const LOW = Math.PI - HIGH;

/** Taylor's series to the eleventh power, within 6e-8 on −π/2..π/2. */
const SERIES = [-1 / 6, 1 / 120, -1 / 5040, 1 / 362_880, -1 / 39_916_800].reduceRight(
  (inner, coefficient) => `(${coefficient} + square * ${inner})`,
  '0.0',
);

/** @param half 0.5 for the cosine, which is the sine a quarter of a turn on */
const shader = (half: '0.0' | '0.5', sign: '1.0' | '-1.0') => /* wgsl */ `
${workgroupNumber}
fn main() {
  let i = workgroupIndex() * 64 + i32(localId.x);
  if (i < uniforms.count) {
    let turns = round(x[i] * ${1 / Math.PI} - ${half});
    let near = (x[i] - (turns + ${half}) * ${HIGH}) - (turns + ${half}) * ${LOW};
    let square = near * near;
    let sine = near + near * square * ${SERIES};
    let odd = turns - 2.0 * floor(turns * 0.5);
    result[i] = ${sign} * (1.0 - 2.0 * odd) * sine;
  }
}
`;

const kernel = (name: 'Sin' | 'Cos', code: string): WebGpuKernel => ({
  name,
  run: ({ x }, _, backend) => {
    const count = sizeOf(x.shape);
    return runShader(backend, {
      key: name,
      code,
      workgroupSize: [64],
      dispatch: spread(Math.ceil(count / 64)),
      inputs: { x },
      output: backend.makeTensorInfo(x.shape, 'float32'),
      integers: { count },
    });
  },
});

/**
 * Sine and cosine within 2e-7 for arguments to ±1,000, where WGSL's own may be 5e-4 off (its specification: 2⁻¹¹, and
 * that only in −π..π). A vocoder that makes sound of phases needs them.
 */
export const sine = kernel('Sin', shader('0.0', '1.0'));
export const cosine = kernel('Cos', shader('0.5', '-1.0'));
