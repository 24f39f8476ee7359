import { type Code, op, type WasmFunction, wasmModule } from './wasm-writer.js';

const { get, set, int, add, subtract, less } = op;

/** Coefficients of P and Q, from the highest power of x² down: Eigen's `generic_fast_erf_float`. */
const numerator = [
  -2.72614225801306e-10, 2.77068142495902e-8, -2.10102402082508e-6, -5.69250639462346e-5,
  -7.34990630326855e-4, -2.95459980854025e-3, -1.60960333262415e-2,
];
const denominator = [
  -1.45660718464996e-5, -2.13374055278905e-4, -1.68282697438203e-3, -7.37332916720468e-3,
  -1.42647390514189e-2,
];

/** erf(x, out, count): x·P(x²) / Q(x²) with x clamped to ±4, within 3e-7, on 4 floats at a time. */
function erf(): WasmFunction {
  const [x, out, count, value, square] = [0, 1, 2, 3, 4];
  const polynomial = ([first, ...others]: number[]) =>
    others.reduce<Code>(
      (sum, coefficient) => op.multiplyAdd(sum, get(square), op.vector(coefficient)),
      op.vector(first),
    );
  const compute = (loaded: Code): Code => [
    set(value, op.maximum(op.minimum(loaded, op.vector(4)), op.vector(-4))),
    set(square, op.multiplyVectors(get(value), get(value))),
    set(
      value,
      op.divideVectors(op.multiplyVectors(get(value), polynomial(numerator)), polynomial(denominator)),
    ),
  ];
  const advance = (floats: number) => [
    set(x, add(get(x), int(floats * 4))),
    set(out, add(get(out), int(floats * 4))),
    set(count, subtract(get(count), int(floats))),
  ];
  return {
    name: 'erf',
    parameters: 3,
    integers: 0,
    vectors: 2,
    body: [
      op.loop(less(int(3), get(count)), [
        compute(op.loadVector(get(x))),
        op.storeVector(get(out), get(value)),
        advance(4),
      ]),
      op.loop(get(count), [compute(op.loadSplat(get(x))), op.storeLane(get(out), get(value)), advance(1)]),
    ],
  };
}

/** The bytes of the module, whose one function is `erf`. */
export const erfModule = (): Uint8Array => wasmModule([erf()]);
