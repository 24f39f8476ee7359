const simd = new URL('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm', import.meta.url).href;

/**
 * The binaries of tfjs-backend-wasm, in the words by which Vite and webpack find files of a package and put them beside
 * a program. Elsewhere there is nothing at these addresses.
 */
export const packagedWasmPaths = {
  'tfjs-backend-wasm.wasm': new URL(
    '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm',
    import.meta.url,
  ).href,
  'tfjs-backend-wasm-simd.wasm': simd,
  // Must be named, and is never used: our threads run the binary of one.
  'tfjs-backend-wasm-threaded-simd.wasm': simd,
};
