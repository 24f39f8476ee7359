const simd = new URL('./tfjs-backend-wasm-simd.wasm', import.meta.url).href;

/** The version of tfjs-backend-wasm whose binaries lie beside this file; another's program cannot use them. */
export const PACKAGED_VERSION = '4.22.0';

/**
 * The binaries of tfjs-backend-wasm beside this file (copy-binaries.mjs), in the words by which bundlers find files and
 * put them beside a program.
 */
export const packagedWasmPaths = {
  'tfjs-backend-wasm.wasm': new URL('./tfjs-backend-wasm.wasm', import.meta.url).href,
  'tfjs-backend-wasm-simd.wasm': simd,
  // Must be named, and is never used: our threads run the binary of one.
  'tfjs-backend-wasm-threaded-simd.wasm': simd,
};
