import type { AdapterInfo } from '../webgpu-kernels/adapter-name.js';

/** A Web Worker. */
export interface PageWorker {
  onmessage: (event: { data: unknown }) => void;
  onerror: (event: { preventDefault(): void }) => void;
  postMessage(message: unknown): void;
  terminate(): void;
}

/** What our code uses of a page or a Web Worker; TypeScript only knows it together with the whole DOM. */
export const page = globalThis as unknown as {
  crossOriginIsolated?: boolean;
  navigator?: {
    hardwareConcurrency?: number;
    gpu?: { requestAdapter(options?: object): Promise<AdapterInfo | null> };
  };
  Worker: new (address: string) => PageWorker;
  Blob: new (parts: string[], options: { type: string }) => object;
  URL: { createObjectURL(blob: object): string; revokeObjectURL(address: string): void };
};
