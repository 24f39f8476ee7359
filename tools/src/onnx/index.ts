export * from './export-hifigan.js';
export * from './export-transformer.js';
export * from './export-vq-decoder.js';
export * from './onnx-graph.js';
