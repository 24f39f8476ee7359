import type { WasmKernel } from '../wasm-backend.js';
import { groupNorm, groupNormGrad } from './group-norm.js';
import { nearestCode } from './nearest-code.js';
import { adamW, gelu, geluGrad, layerNorm, layerNormGrad, linear } from './rows.js';
import { selfAttention, selfAttentionGrad } from './self-attention.js';

/** The kernels that @visual-echoes/core's operations ask for, for engines with SIMD. */
export const fusedKernels: readonly WasmKernel[] = [
  layerNorm,
  layerNormGrad,
  groupNorm,
  groupNormGrad,
  selfAttention,
  selfAttentionGrad,
  linear,
  gelu,
  geluGrad,
  nearestCode,
  adamW,
];
