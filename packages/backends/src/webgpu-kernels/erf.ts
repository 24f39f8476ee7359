/** Coefficients of P and Q, from the highest power of x² down: Eigen's `generic_fast_erf_float`. */
const numerator = [
  -2.72614225801306e-10, 2.77068142495902e-8, -2.10102402082508e-6, -5.69250639462346e-5,
  -7.34990630326855e-4, -2.95459980854025e-3, -1.60960333262415e-2,
];
const denominator = [
  -1.45660718464996e-5, -2.13374055278905e-4, -1.68282697438203e-3, -7.37332916720468e-3,
  -1.42647390514189e-2,
];

const polynomial = ([first, ...others]: number[], type: string) =>
  others.reduce((sum, coefficient) => `fma(${sum}, s, ${type}(${coefficient}))`, `${type}(${first})`);

/** WGSL has no error function: `erf(x)`, x·P(x²) / Q(x²) with x clamped to ±4, within 3e-7, and the exact `gelu(x)`. */
export const geluSnippet = (type: 'f32' | 'vec4<f32>' = 'f32') => /* wgsl */ `
fn erf(x : ${type}) -> ${type} {
  let c = clamp(x, ${type}(-4.0), ${type}(4.0));
  let s = c * c;
  return c * ${polynomial(numerator, type)} / (${polynomial(denominator, type)});
}
fn gelu(x : ${type}) -> ${type} { return x * (0.5 * (erf(x * ${Math.SQRT1_2}) + 1.0)); }
`;
