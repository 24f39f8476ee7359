export {
  type Canvas,
  type DrawnTokens,
  emptyCanvas,
  type FieldDraws,
  type TokenField,
  UNKNOWN,
} from '@visual-echoes/core';
export type { Guidance, GuidanceGrowth } from './guidance.js';
export { haltonOrder } from './halton-order.js';
export { type SampleOptions, type SampleStep, type Stage, sampleSeed } from './options.js';
export { type ConfidenceOrder, confidence, type HaltonOrder, halton, type Order } from './order.js';
export type { PerField } from './per-field.js';
export type { Plan, PlanStep } from './plan.js';
export type { Logits, PredictOptions, Predictor } from './predictor.js';
export type { Rejection } from './rejection.js';
export { sample, sampleSteps } from './sample.js';
export { maskedCounts, type Schedule, type ScheduleName } from './schedule.js';
