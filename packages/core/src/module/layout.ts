/** How a weight lies in a PyTorch file and how it lies in TensorFlow.js's memory. */
export interface Layout {
  /** For each axis in memory, the axis of the file that it is. */
  readonly memoryAxes: readonly number[] | undefined;
}

/** The same in the file and in memory. */
export const asIs: Layout = { memoryAxes: undefined };

/** `[out, in]` in the file, `[in, out]` in memory. */
export const linearLayout: Layout = { memoryAxes: [1, 0] };

/** `[out, in, length]` in the file, `[length, in, out]` in memory. */
export const conv1dLayout: Layout = { memoryAxes: [2, 1, 0] };

/** `[in, out, length]` in the file, `[length, in, out]` in memory. */
export const convTranspose1dLayout: Layout = { memoryAxes: [2, 0, 1] };

/** `[out, in, height, width]` in the file, `[height, width, in, out]` in memory. */
export const conv2dLayout: Layout = { memoryAxes: [2, 3, 1, 0] };

export const sizeOf = (shape: readonly number[]) => shape.reduce((size, n) => size * n, 1);

/** The shape in memory of a weight of `fileShape`. */
export function memoryShape(fileShape: readonly number[], { memoryAxes }: Layout): number[] {
  return memoryAxes ? memoryAxes.map((axis) => fileShape[axis]) : [...fileShape];
}

/** Reorders a weight from the file's layout to memory's. */
export function toMemory(
  data: Float32Array,
  fileShape: readonly number[],
  { memoryAxes }: Layout,
): Float32Array {
  return memoryAxes ? permute(data, fileShape, memoryAxes) : data;
}

/** Reorders a weight from memory's layout to the file's. */
export function toFile(data: Float32Array, fileShape: readonly number[], layout: Layout): Float32Array {
  if (!layout.memoryAxes) return data;
  const inverse = fileShape.map((_, axis) => layout.memoryAxes!.indexOf(axis));
  return permute(data, memoryShape(fileShape, layout), inverse);
}

/** The transpose of `data`: axis `i` of the result is axis `axes[i]` of the input. */
export function permute(data: Float32Array, shape: readonly number[], axes: readonly number[]): Float32Array {
  const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  const out = new Float32Array(data.length);
  let written = 0;
  const walk = (depth: number, offset: number) => {
    const stride = strides[axes[depth]];
    const length = shape[axes[depth]];
    if (depth === axes.length - 1) {
      for (let i = 0; i < length; i++) out[written++] = data[offset + i * stride];
    } else {
      for (let i = 0; i < length; i++) walk(depth + 1, offset + i * stride);
    }
  };
  walk(0, 0);
  return out;
}
