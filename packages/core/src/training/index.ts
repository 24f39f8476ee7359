import '#gradients';

export * from './adamw.js';
export * from './checkpoint-store.js';
export * from './clip-gradient-norm.js';
export * from './descend.js';
export * from './ema-codebook.js';
export * from './learning-rate.js';
export * from './muon.js';
export * from './optimizer.js';
export * from './run-training.js';
export * from './train.js';
export * from './training-step.js';
export * from './weight-ema.js';
