import { BackendError } from '@visual-echoes/core';
import { runShader, type WebGpuKernel } from './webgpu-backend.js';

const range = (count: number) => Array.from({ length: count }, (_, i) => i);

/** Queries of a workgroup, one an invocation. */
const QUERIES = 64;

/** Floats of keys and of values that fit into 16 KiB of workgroup memory together. */
const MOST_FLOATS = 4096;

/**
 * FlashAttention's online softmax (Dao et al. 2022): an invocation holds one query and its output, and goes through
 * keys and values by tiles in workgroup memory, four keys at a time; heads of `4·quads` floats, the last ones zero.
 */
function source(quads: number, tile: number): string {
  const unrolled = quads <= 16;
  // In registers where there are few enough; else in arrays, which are slower.
  const each = (f: (i: string | number, at: (name: string) => string) => string) =>
    unrolled
      ? range(quads)
          .map((i) => f(i, (name) => `${name}${i}`))
          .join('\n      ')
      : `for (var i = 0; i < ${quads}; i++) { ${f('i', (name) => `${name}[i]`)} }`;
  const declare = (name: string) =>
    unrolled
      ? range(quads)
          .map((i) => `var ${name}${i} = vec4<f32>(0.0);`)
          .join(' ')
      : `var ${name} : array<vec4<f32>, ${quads}>;`;
  const keys = range(4);
  return /* wgsl */ `
var<workgroup> keyTile : array<vec4<f32>, ${tile * quads}>;
var<workgroup> valueTile : array<vec4<f32>, ${tile * quads}>;
fn quad(at : i32, d : i32) -> vec4<f32> {
  var v = vec4<f32>(0.0);
  if (d < uniforms.size) { v.x = qkv[at + d]; }
  if (d + 1 < uniforms.size) { v.y = qkv[at + d + 1]; }
  if (d + 2 < uniforms.size) { v.z = qkv[at + d + 2]; }
  if (d + 3 < uniforms.size) { v.w = qkv[at + d + 3]; }
  return v;
}
fn main() {
  let lane = i32(localId.x);
  let query = i32(workgroupId.x) * ${QUERIES} + lane;
  let width = uniforms.heads * uniforms.size;
  let start = i32(workgroupId.z) * uniforms.tokens * 3 * width + i32(workgroupId.y) * uniforms.size;
  let own = start + min(query, uniforms.tokens - 1) * 3 * width;
  ${declare('q')}
  ${declare('o')}
  ${each((i, at) => `${at('q')} = quad(own, 4 * ${i}) * uniforms.scale;`)}
  var most = -3.0e38;
  var weights = 0.0;
  for (var k0 = 0; k0 < uniforms.tokens; k0 += ${tile}) {
    for (var i = lane; i < ${tile * quads}; i += ${QUERIES}) {
      let key = min(k0 + i / ${quads}, uniforms.tokens - 1);
      let at = start + key * 3 * width + width;
      keyTile[i] = quad(at, 4 * (i % ${quads}));
      valueTile[i] = quad(at + width, 4 * (i % ${quads}));
    }
    workgroupBarrier();
    for (var j = 0; j < min(${tile}, uniforms.tokens - k0); j += 4) {
      ${keys.map((n) => `var sum${n} = vec4<f32>(0.0); let at${n} = min(j + ${n}, ${tile - 1}) * ${quads};`).join('\n      ')}
      ${each((i, at) => keys.map((n) => `sum${n} += ${at('q')} * keyTile[at${n} + ${i}];`).join(' '))}
      let last = uniforms.tokens - k0 - j;
      ${keys
        .map(
          (n) =>
            `let s${n} = select(-3.0e38, dot(sum${n}, vec4<f32>(1.0)), ${n} < last && j + ${n} < ${tile});`,
        )
        .join('\n      ')}
      let next = max(max(most, max(s0, s1)), max(s2, s3));
      let keep = exp(max(most - next, -100.0));
      ${keys.map((n) => `let p${n} = select(0.0, exp(s${n} - next), s${n} > next - 100.0);`).join('\n      ')}
      weights = weights * keep + ((p0 + p1) + (p2 + p3));
      ${each(
        (
          i,
          at,
        ) => `${at('o')} = ${at('o')} * keep + ((p0 * valueTile[at0 + ${i}] + p1 * valueTile[at1 + ${i}])
        + (p2 * valueTile[at2 + ${i}] + p3 * valueTile[at3 + ${i}]));`,
      )}
      most = next;
    }
    workgroupBarrier();
  }
  if (query >= uniforms.tokens) { return; }
  let to = (i32(workgroupId.z) * uniforms.tokens + query) * width + i32(workgroupId.y) * uniforms.size;
  ${each(
    (i, at) => `{
        let y = ${at('o')} / weights;
        let d = 4 * ${i};
        result[to + d] = y.x;
        if (d + 1 < uniforms.size) { result[to + d + 1] = y.y; }
        if (d + 2 < uniforms.size) { result[to + d + 2] = y.z; }
        if (d + 3 < uniforms.size) { result[to + d + 3] = y.w; }
      }`,
  )}
}
`;
}

/** softmax(q·kᵀ/√d)·v, in memory that grows with the tokens and not with their square. */
export const selfAttention: WebGpuKernel = {
  name: 'SelfAttention',
  run: ({ qkv }, attrs, backend) => {
    const heads = attrs['heads'] as number;
    const [batch, tokens, width3] = qkv.shape;
    const size = width3 / 3 / heads;
    const quads = Math.ceil(size / 4);
    const tile = Math.min(32, Math.floor(MOST_FLOATS / 2 / (4 * quads)));
    if (tile < 1 || Math.max(heads, batch) > 65535) {
      throw new BackendError(
        `SelfAttention: a batch of ${batch} with ${heads} heads of ${size}; on WebGPU a head may have ${MOST_FLOATS / 2}, and batch and heads 65535.`,
      );
    }
    return runShader(backend, {
      key: `SelfAttention_${quads}`,
      code: source(quads, tile),
      workgroupSize: [QUERIES],
      dispatch: [Math.ceil(tokens / QUERIES), heads, batch],
      inputs: { qkv },
      output: backend.makeTensorInfo([batch, tokens, width3 / 3], 'float32'),
      integers: { tokens, heads, size },
      floats: { scale: 1 / Math.sqrt(size) },
    });
  },
};
