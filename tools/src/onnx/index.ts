export * from './export-hifigan.js';
export * from './export-melgan.js';
export * from './export-transformer.js';
export * from './export-vq-decoder.js';
export * from './export-vq-encoder.js';
export * from './load-runtime.js';
export * from './onnx-graph.js';
export * from './self-attention-nodes.js';
