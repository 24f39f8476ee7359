/** A WebAssembly memory. */
export interface WasmMemory {
  buffer: ArrayBuffer | SharedArrayBuffer;
}

/** The part of the JavaScript API that we use; TypeScript only knows it together with the DOM. */
export const webAssembly = (
  globalThis as unknown as {
    WebAssembly: {
      validate(bytes: Uint8Array): boolean;
      instantiate(source: object | ArrayBuffer | ArrayBufferView, imports?: object): Promise<unknown>;
      instantiateStreaming?: unknown;
      Memory: abstract new () => WasmMemory;
      Module: new (bytes: Uint8Array) => object;
      Instance: new (module: object, imports: object) => { exports: unknown };
    };
  }
).WebAssembly;
