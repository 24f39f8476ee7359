import type { KernelBackend, NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import { BackendError } from '@visual-echoes/core';

/** The parts of a `GPUDevice` that are used here. */
export interface GpuDevice extends EventTarget {
  readonly limits: { readonly maxStorageBufferBindingSize: number };
  readonly lost: Promise<{ reason: string; message: string }>;
  readonly queue: { onSubmittedWorkDone(): Promise<unknown> };
  destroy(): void;
}

interface Program {
  variableNames: string[];
  variableComponents: number[];
  outputShape: number[];
  outputComponent: number;
  workgroupSize: [number, number, number];
  dispatch: [number, number, number];
  dispatchLayout: { x: number[]; y: number[] };
  shaderKey: string;
  uniforms: string;
  getUserCode(): string;
}

interface UniformValue {
  type: 'int32' | 'float32';
  data: number[];
}

/** What the backend knows of a tensor's memory. */
export interface GpuTensorData {
  dtype: string;
  shape: number[];
  values: unknown;
  refCount: number;
  /** A `GPUBuffer`; any other object is bound as it is, and so may name a part of a buffer. */
  resource?: object | null;
  external?: boolean;
}

/** The parts of tfjs-backend-webgpu 4.22's `WebGPUBackend` that are used here. */
export interface WebGpuBackend extends KernelBackend {
  device: GpuDevice;
  /** Compiled shaders by their key; promises while they are being compiled ahead. */
  pipelineCache: Record<string, unknown>;
  tensorMap: {
    has(id: object): boolean;
    get(id: object): GpuTensorData;
    set(id: object, data: GpuTensorData): void;
    delete(id: object): boolean;
  };
  nextDataId(): number;
  uploadToGPU(id: object): void;
  checkCompileCompletionAsync(): Promise<void>;
  makeTensorInfo(shape: number[], dtype: 'float32' | 'int32', values?: Float32Array): TensorInfo;
  runWebGPUProgram(
    program: Program,
    inputs: TensorInfo[],
    dtype: string,
    uniforms: UniformValue[],
    output: TensorInfo,
  ): TensorInfo;
}

/** A kernel as we write it: inputs and attributes by name. */
export type WebGpuKernelFunc = (
  inputs: Record<string, TensorInfo>,
  attrs: NamedAttrMap,
  backend: WebGpuBackend,
) => TensorInfo | TensorInfo[];

/** One added kernel. */
export interface WebGpuKernel {
  name: string;
  run: WebGpuKernelFunc;
}

/** A compute shader and what it is run with. */
export interface ShaderCall {
  /** Names the shader: two calls of one key have one source. */
  key: string;
  /**
   * WGSL with an `fn main()`, which sees its inputs as `array<f32>` by their names, `result`, `uniforms`, and of tfjs
   * `localId`, `workgroupId` and `numWorkgroups`.
   */
  code: string;
  workgroupSize: readonly [x: number, y?: number];
  dispatch: readonly [x: number, y?: number, z?: number];
  inputs: Record<string, TensorInfo>;
  output: TensorInfo;
  /** Four floats at a time, for the inputs named (`array<vec4<f32>>`) and for `result`. */
  vec4?: readonly string[];
  integers?: Record<string, number>;
  floats?: Record<string, number>;
}

/** The number of elements of a shape. */
export const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** The most bytes that a shader may see of one buffer: 128 MiB unless the adapter has more. */
export const bindingLimit = ({ device }: WebGpuBackend): number => device.limits.maxStorageBufferBindingSize;

/**
 * Runs a shader once. Tensors are shown to it flat, so that a shader is compiled once and not once a rank.
 *
 * @throws BackendError where a tensor is larger than the device lets a shader see.
 */
export function runShader(backend: WebGpuBackend, call: ShaderCall): TensorInfo {
  const { key, code, workgroupSize, dispatch, inputs, output, vec4 = [], integers = {}, floats = {} } = call;
  if (sizeOf(output.shape) === 0) {
    backend.tensorMap.get(output.dataId).values =
      output.dtype === 'int32' ? new Int32Array(0) : new Float32Array(0);
    return output;
  }
  const owned: TensorInfo[] = [];
  const flat = ({ dataId, dtype, shape }: TensorInfo): TensorInfo => {
    const size = sizeOf(shape);
    if (size > 0) return { dataId, dtype, shape: [size] };
    // A buffer without bytes cannot be bound; nothing reads this one either.
    const nothing = backend.makeTensorInfo([4], 'float32', new Float32Array(4));
    owned.push(nothing);
    return nothing;
  };
  for (const [name, tensor] of [...Object.entries(inputs), ['output', output] as const]) {
    checkSize(key, name, tensor, bindingLimit(backend));
  }
  const names = Object.keys(inputs);
  const size = sizeOf(output.shape);
  const uniform = (type: string) => (name: string) => `${name} : ${type}, `;
  const program: Program = {
    variableNames: names,
    variableComponents: names.map((name) => (vec4.includes(name) ? 4 : 1)),
    outputShape: [size],
    outputComponent: vec4.includes('result') ? 4 : 1,
    workgroupSize: [workgroupSize[0], workgroupSize[1] ?? 1, 1],
    dispatch: [dispatch[0], dispatch[1] ?? 1, dispatch[2] ?? 1],
    dispatchLayout: { x: [0], y: [0] },
    shaderKey: `VisualEchoes_${key}`,
    uniforms: [...Object.keys(integers).map(uniform('i32')), ...Object.keys(floats).map(uniform('f32'))].join(
      '',
    ),
    getUserCode: () => code,
  };
  const values: UniformValue[] = [
    ...Object.values(integers).map((value) => ({ type: 'int32' as const, data: [value] })),
    ...Object.values(floats).map((value) => ({ type: 'float32' as const, data: [value] })),
  ];
  const flatInputs = names.map((name) => flat(inputs[name]));
  backend.runWebGPUProgram(program, flatInputs, output.dtype, values, flat(output));
  for (const { dataId } of owned) backend.disposeData(dataId);
  return output;
}

function checkSize(key: string, name: string, { shape }: TensorInfo, limit: number): void {
  const bytes = 4 * sizeOf(shape);
  if (bytes <= limit) return;
  const mebibytes = (n: number) => `${Math.round(n / 2 ** 20)} MiB`;
  throw new BackendError(
    `${key}: ${name} [${shape}] takes ${mebibytes(bytes)}, and this GPU device's maxStorageBufferBindingSize is ${mebibytes(limit)}; use a smaller batch.`,
  );
}

/** As many workgroups as `count` in two dimensions, neither above 65,535; the shader finds its own by `workgroupIndex()`. */
export function spread(count: number): [x: number, y: number] {
  const rows = Math.ceil(count / 65535);
  return [Math.ceil(count / Math.max(1, rows)), Math.max(1, rows)];
}

/** WGSL: the number of this workgroup in what `spread` made. */
export const workgroupNumber = /* wgsl */ `
fn workgroupIndex() -> i32 { return i32(workgroupId.y * numWorkgroups.x + workgroupId.x); }
`;

/** WGSL: `total(value)`, the sum over a workgroup's `size` invocations, which all have to call it. */
export const workgroupSum = (size: number) => /* wgsl */ `
var<workgroup> partial : array<f32, ${size}>;
fn total(value : f32) -> f32 {
  workgroupBarrier();
  partial[localId.x] = value;
  workgroupBarrier();
  var sum = 0.0;
  for (var i = 0; i < ${size}; i += 8) {
    sum += ((partial[i] + partial[i + 1]) + (partial[i + 2] + partial[i + 3]))
         + ((partial[i + 4] + partial[i + 5]) + (partial[i + 6] + partial[i + 7]));
  }
  return sum;
}
`;
