import type { MelConfig } from './mel-spectrogram.js';

/**
 * SpecVQGAN's mel (`feature_extraction/extract_mel_spectrogram.py`): 10 s of mono sound at 22,050 Hz give
 * 80 × 860, of which the middle 848 frames are the model's. A tokenizer takes 2x − 1, a vocoder x.
 */
export const MEL_SPECVQGAN: Readonly<MelConfig> = {
  sampleRate: 22050,
  fftSize: 1024,
  hopLength: 256,
  windowLength: 1024,
  window: 'hann',
  center: true,
  power: 1,
  melBands: 80,
  fMin: 125,
  fMax: 7600,
  melScale: 'slaney',
  norm: 'slaney',
  scaling: { minDb: -80, maxDb: 20, floor: 1e-5 },
  firstFrames: 860,
  centerFrames: 848,
};

/** Spoken digits: mono sound at 8 kHz, 64 bands of equal height, 64 frames of 16 ms. */
export const MEL_DIGITS: Readonly<MelConfig> = {
  sampleRate: 8000,
  fftSize: 512,
  hopLength: 128,
  windowLength: 512,
  window: 'hann',
  center: true,
  power: 1,
  melBands: 64,
  fMin: 0,
  fMax: 4000,
  melScale: 'slaney',
  norm: null,
  scaling: { minDb: -30, maxDb: 60, floor: 1e-5 },
  firstFrames: 64,
  centerFrames: null,
};
