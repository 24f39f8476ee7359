import { ConfigurationError, InvalidInputError } from '@visual-echoes/core';

export interface ConfidenceInterval {
  low: number;
  high: number;
}

/**
 * Wilson's score interval for a fraction of which `correct` of `total` were seen, such as an accuracy; right
 * also near 0 and 1 (Wilson, 1927). Throws an `InvalidInputError` where the counts are not whole numbers
 * with 0 ≤ `correct` ≤ `total` and `total` ≥ 1, a `ConfigurationError` for a `confidence` outside (0, 1).
 *
 * @example
 * confidenceInterval(970, 1000); // { low: 0.9574…, high: 0.9789… }
 */
export function confidenceInterval(
  correct: number,
  total: number,
  { confidence = 0.95 }: { confidence?: number } = {},
): ConfidenceInterval {
  if (!Number.isInteger(correct) || !Number.isInteger(total) || correct < 0 || total < 1 || correct > total) {
    throw new InvalidInputError(
      `${correct} of ${total} is no count. Give whole numbers, 0 ≤ correct ≤ total.`,
    );
  }
  if (!(confidence > 0 && confidence <= 1 - 1e-9)) {
    throw new ConfigurationError(`confidence is ${confidence}. Give a number between 0 and 1, such as 0.95.`);
  }
  const z = twoSidedQuantile(confidence);
  const fraction = correct / total;
  const scale = 1 + z ** 2 / total;
  const centre = (fraction + z ** 2 / (2 * total)) / scale;
  const half = (z / scale) * Math.sqrt((fraction * (1 - fraction)) / total + z ** 2 / (4 * total ** 2));
  return {
    low: correct === 0 ? 0 : Math.max(0, centre - half),
    high: correct === total ? 1 : Math.min(1, centre + half),
  };
}

/** z such that a standard normal lies on [−z, z] with the probability `confidence` (AS 241, Wichura 1988). */
function twoSidedQuantile(confidence: number): number {
  const q = confidence / 2;
  if (q <= 0.425) {
    const r = 0.180625 - q * q;
    return (q * polynomial(CENTRE_NUMERATOR, r)) / polynomial(CENTRE_DENOMINATOR, r);
  }
  const r = Math.sqrt(-Math.log((1 - confidence) / 2)) - 1.6;
  return polynomial(TAIL_NUMERATOR, r) / polynomial(TAIL_DENOMINATOR, r);
}

const polynomial = (coefficients: readonly number[], x: number) =>
  coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);

// The rational approximations of PPND16, highest power first.
const CENTRE_NUMERATOR = [
  2509.0809287301227, 33430.57558358813, 67265.7709270087, 45921.95393154987, 13731.69376550946,
  1971.5909503065513, 133.14166789178438, 3.3871328727963665,
];
const CENTRE_DENOMINATOR = [
  5226.495278852854, 28729.085735721943, 39307.89580009271, 21213.794301586597, 5394.196021424751,
  687.1870074920579, 42.31333070160091, 1,
];
const TAIL_NUMERATOR = [
  0.0007745450142783414, 0.022723844989269184, 0.2417807251774506, 1.2704582524523684, 3.6478483247632045,
  5.769497221460691, 4.630337846156546, 1.4234371107496835,
];
const TAIL_DENOMINATOR = [
  1.0507500716444169e-9, 0.0005475938084995345, 0.015198666563616457, 0.14810397642748008, 0.6897673349851,
  1.6763848301838038, 2.053191626637759, 1,
];
