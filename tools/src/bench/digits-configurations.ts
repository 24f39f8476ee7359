/** The digits model's transformer: 131 tokens, 2.7 million weights. */
export const DIGITS_TRANSFORMER = {
  fields: [
    { name: 'image', grid: [8, 8] as const, vocabulary: 64 },
    { name: 'audio', grid: [8, 8] as const, vocabulary: 256 },
    { name: 'label', grid: [1, 1] as const, vocabulary: 10 },
    { name: 'voice', grid: [1, 1] as const, vocabulary: 6 },
  ],
  embedDim: 160,
  depth: 4,
  numHeads: 5,
  decoderEmbedDim: 160,
  decoderDepth: 4,
  decoderNumHeads: 5,
};

/** That of packages/model-digits/training/vocoder.json: 1.8 million weights. */
export const DIGITS_VOCODER = {
  input_channels: 64,
  dim: 256,
  intermediate_dim: 512,
  num_layers: 6,
  n_fft: 512,
  hop_length: 128,
};
