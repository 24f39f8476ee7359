// Puts the binaries of tfjs-backend-wasm beside the program that names them, in words that every bundler and every
// page without one understands: `new URL('./NAME', import.meta.url)`. Bundlers do not find files of other packages so.
import { chmodSync, copyFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

for (const name of ['tfjs-backend-wasm.wasm', 'tfjs-backend-wasm-simd.wasm']) {
  const copy = fileURLToPath(new URL(`dist/browser/${name}`, import.meta.url));
  copyFileSync(new URL(`node_modules/@tensorflow/tfjs-backend-wasm/dist/${name}`, import.meta.url), copy);
  chmodSync(copy, 0o644);
}
