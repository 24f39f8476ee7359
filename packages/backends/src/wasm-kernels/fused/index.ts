import { InvalidInputError } from '@visual-echoes/core';
import type { WasmKernel } from '../wasm-backend.js';
import { groupNorm, groupNormGrad } from './group-norm.js';
import { nearestCode } from './nearest-code.js';
import { adamW, gelu, geluGrad, layerNorm, layerNormGrad, linear } from './rows.js';
import { selfAttention, selfAttentionGrad } from './self-attention.js';

/** The same kernel, which refuses what it would read as floats and is none. */
const ofFloats = (kernel: WasmKernel): WasmKernel => ({
  name: kernel.name,
  create: (original) => {
    const run = kernel.create(original);
    return (inputs, attrs, backend) => {
      for (const [name, input] of Object.entries(inputs)) {
        if (input && input.dtype !== 'float32') {
          throw new InvalidInputError(`${kernel.name}: ${name} is ${input.dtype}; cast it to float32.`);
        }
      }
      return run(inputs, attrs, backend);
    };
  },
});

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
].map(ofFloats);
