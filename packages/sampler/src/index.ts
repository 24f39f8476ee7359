export { type Canvas, emptyCanvas, type TokenField, UNKNOWN } from '@visual-echoes/core';
export * from './predictor.js';
