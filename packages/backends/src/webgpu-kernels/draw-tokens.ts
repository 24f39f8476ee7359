import { runShader, spread, type WebGpuKernel, workgroupNumber, workgroupSum } from './webgpu-backend.js';

/**
 * A workgroup of 64 a row. Logits below −1e38 forbid a token. The running sum of the weights is over stretches of the
 * vocabulary, one an invocation, and then within the stretch in which the drawn number falls.
 */
const source = (guided: boolean) => /* wgsl */ `
${workgroupNumber}
${workgroupSum(64)}
var<workgroup> index : array<i32, 64>;
var<workgroup> chosen : i32;
fn logit(row : i32, v : i32) -> f32 {
  let c = logits[row * uniforms.vocabulary + v];
  ${
    guided
      ? `let u = unconditional[row * uniforms.vocabulary + v];
  if (c > -1.0e38 && u > -1.0e38) { return u + numbers[3 * row + 2] * (c - u); }`
      : ''
  }
  return max(c, -3.0e38);
}
fn weight(value : f32, most : f32, inverse : f32) -> f32 {
  let e = (value - most) * inverse;
  return select(0.0, exp(e), e > -80.0);
}
fn main() {
  let row = min(workgroupIndex(), uniforms.rows - 1);
  let lane = i32(localId.x);
  let stretch = (uniforms.vocabulary + 63) / 64;
  let first = lane * stretch;
  let end = min(first + stretch, uniforms.vocabulary);
  var most = -3.4e38;
  var best = 0;
  for (var v = first; v < end; v++) {
    let value = logit(row, v);
    if (value > most) { most = value; best = v; }
  }
  partial[lane] = most;
  index[lane] = best;
  workgroupBarrier();
  for (var i = 0; i < 64; i++) {
    if (partial[i] > most || (partial[i] == most && index[i] < best)) { most = partial[i]; best = index[i]; }
  }
  workgroupBarrier();
  var sum = 0.0;
  var drawn = 0.0;
  for (var v = first; v < end; v++) {
    let value = logit(row, v);
    sum += weight(value, most, 1.0);
    drawn += weight(value, most, uniforms.inverseTemperature);
  }
  let allWeights = total(sum);
  let drawnTotal = total(drawn);
  if (lane == 0) { chosen = best; }
  workgroupBarrier();
  if (uniforms.greedy == 0) {
    let wanted = numbers[3 * row] * drawnTotal;
    var before = 0.0;
    var mine = -1;
    for (var i = 0; i < 64; i++) { // partial holds the stretches' weights
      if (partial[i] > 0.0 && before <= wanted) { mine = i; }
      if (mine == i && wanted < before + partial[i]) { break; }
      before += partial[i];
    }
    if (lane == mine) {
      var running = 0.0;
      for (var i = 0; i < mine; i++) { running += partial[i]; }
      var last = -1;
      for (var v = first; v < end; v++) {
        let w = weight(logit(row, v), most, uniforms.inverseTemperature);
        if (w == 0.0) { continue; }
        last = v;
        running += w;
        if (wanted < running) { break; }
      }
      if (last >= 0) { chosen = last; }
    }
  }
  workgroupBarrier();
  if (lane == 0) {
    result[2 * row] = f32(chosen);
    result[2 * row + 1] = logit(row, chosen) - most - log(allWeights) + numbers[3 * row + 1];
  }
}
`;

/**
 * The sampler's softmax, draw and confidence: `logits` `[R, V]`, `unconditional` `[R, V]` or absent, and `numbers` `[R, 3]`
 * of a uniform number in [0, 1), what is added to the log probability, and the guidance scale; the attribute
 * `temperature` (0 takes the most likely). `[R, 2]`: the token, and its log probability at temperature 1 with the addition.
 */
export const drawTokensKernel: WebGpuKernel = {
  name: 'DrawTokens',
  run: ({ logits, unconditional, numbers }, attrs, backend) => {
    const { temperature = 1 } = attrs as Record<string, number>;
    const [rows, vocabulary] = logits.shape;
    return runShader(backend, {
      key: unconditional ? 'DrawTokensGuided' : 'DrawTokens',
      code: source(unconditional !== undefined),
      workgroupSize: [64],
      dispatch: spread(rows),
      inputs: unconditional ? { logits, numbers, unconditional } : { logits, numbers },
      output: backend.makeTensorInfo([rows, 2], 'float32'),
      integers: { rows, vocabulary, greedy: temperature === 0 ? 1 : 0 },
      floats: { inverseTemperature: temperature === 0 ? 1 : 1 / temperature },
    });
  },
};
