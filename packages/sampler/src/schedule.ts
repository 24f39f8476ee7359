import { ConfigurationError } from '@visual-echoes/core';

/** The schedules of MaskGIT (libml/mask_schedule.py; `uniform` is `linear`) and the arccos of Halton-MaskGIT. */
export type ScheduleName =
  | 'cosine'
  | 'linear'
  | 'uniform'
  | 'square'
  | 'cubic'
  | 'sqrt'
  | 'log'
  | 'exp'
  | 'arccos'
  | `pow${number}`;

/**
 * Which fraction of the `total` positions is still masked after `progress` (0 to 1) of the steps: by name, or a
 * function, whose values are clipped to 0…1.
 */
export type Schedule = ScheduleName | ((progress: number, total: number) => number);

const schedules: Record<string, (progress: number, total: number) => number> = {
  cosine: (r) => Math.cos((Math.PI / 2) * r),
  linear: (r) => 1 - r,
  uniform: (r) => 1 - r,
  square: (r) => 1 - r ** 2,
  cubic: (r) => 1 - r ** 3,
  sqrt: (r) => 1 - Math.sqrt(r),
  log: (r, total) => -Math.log2(r) / Math.log2(total),
  exp: (r, total) => 1 - 2 ** (-Math.log2(total) * (1 - r)),
  arccos: (r) => Math.acos(r) / (Math.PI / 2),
};

/** The function that a schedule's name stands for. Throws a `ConfigurationError` for an unknown name. */
export function scheduleFunction(schedule: Schedule): (progress: number, total: number) => number {
  if (typeof schedule === 'function') return schedule;
  if (Object.hasOwn(schedules, schedule)) return schedules[schedule];
  const exponent = /^pow(\d+(?:\.\d+)?)$/.exec(schedule)?.[1];
  if (exponent !== undefined && Number(exponent) > 0) return (r) => 1 - r ** Number(exponent);
  throw new ConfigurationError(
    `Unknown schedule "${schedule}"; use ${Object.keys(schedules).join(', ')}, pow with a number (pow2.5), or a function.`,
  );
}

/**
 * How many of `total` positions are still masked after each of the steps, ending in 0. Every step fixes at least
 * one, so that there are min(`steps`, `total`) of them.
 *
 * @param round which count is rounded down: that of the masked (MaskGIT) or of the fixed (Halton-MaskGIT).
 */
export function maskedCounts(
  total: number,
  { steps, schedule, round = 'masked' }: { steps: number; schedule: Schedule; round?: 'masked' | 'fixed' },
): Int32Array {
  const fraction = scheduleFunction(schedule);
  const counts = new Int32Array(Math.min(steps, total)); // 0 after the last
  let before = total;
  for (let step = 1; step < counts.length; step++) {
    const masked = Math.min(1, Math.max(0, fraction(step / counts.length, total)));
    if (Number.isNaN(masked)) {
      throw new ConfigurationError(
        `The schedule gives no number at ${step}/${counts.length}; it must return 0…1.`,
      );
    }
    const wanted = round === 'masked' ? Math.floor(total * masked) : total - Math.floor(total * (1 - masked));
    before = Math.max(counts.length - step, Math.min(before - 1, wanted));
    counts[step - 1] = before;
  }
  return counts;
}
