import * as tf from '@tensorflow/tfjs-core';

/** What these kernels need of the backend `cpu`. */
interface CpuBackend extends tf.KernelBackend {
  data: { get(id: object): { values: Float32Array } };
  makeTensorInfo(shape: number[], dtype: 'float32', values: Float32Array): tf.TensorInfo;
}

type Attributes = Record<string, unknown>;

/**
 * Runs `compute` with the gradients of convolutions on `cpu` as loops over flat arrays: sums of products in the
 * order of their definition, as those of tfjs-backend-cpu are, and a hundred times as fast.
 */
export async function withPlainConvolutions<T>(compute: () => Promise<T>): Promise<T> {
  const stock = kernels.map(({ kernelName }) => tf.getKernel(kernelName, 'cpu'));
  kernels.forEach((kernel) => {
    tf.unregisterKernel(kernel.kernelName, 'cpu');
    tf.registerKernel(kernel);
  });
  try {
    return await compute();
  } finally {
    stock.forEach((kernel) => {
      tf.unregisterKernel(kernel.kernelName, 'cpu');
      tf.registerKernel(kernel);
    });
  }
}

const kernels: readonly tf.KernelConfig[] = [
  {
    kernelName: 'Conv2DBackpropFilter',
    backendName: 'cpu',
    kernelFunc: ({ inputs, attrs, backend }) => {
      const { x, dy } = inputs as Record<string, tf.TensorInfo>;
      const cpu = backend as CpuBackend;
      const { filterShape } = attrs as unknown as { filterShape: number[] };
      const info = geometry(x.shape, filterShape, attrs as Attributes);
      const [xs, dys] = [x, dy].map((tensor) => cpu.data.get(tensor.dataId).values);
      const result = new Float32Array(tf.util.sizeFromShape(filterShape));
      eachTap(info, (fromX, fromW, fromY) => {
        for (let i = 0; i < info.inChannels; i++) {
          const row = fromW + i * info.outChannels;
          for (let o = 0; o < info.outChannels; o++) result[row + o] += xs[fromX + i] * dys[fromY + o];
        }
      });
      return cpu.makeTensorInfo(filterShape, 'float32', result);
    },
  },
  {
    kernelName: 'Conv2DBackpropInput',
    backendName: 'cpu',
    kernelFunc: ({ inputs, attrs, backend }) => {
      const { dy, filter } = inputs as Record<string, tf.TensorInfo>;
      const cpu = backend as CpuBackend;
      const { inputShape } = attrs as unknown as { inputShape: number[] };
      const info = geometry(inputShape, filter.shape, attrs as Attributes);
      const [dys, ws] = [dy, filter].map((tensor) => cpu.data.get(tensor.dataId).values);
      const result = new Float32Array(tf.util.sizeFromShape(inputShape));
      eachTap(info, (fromX, fromW, fromY) => {
        for (let i = 0; i < info.inChannels; i++) {
          const row = fromW + i * info.outChannels;
          let sum = 0;
          for (let o = 0; o < info.outChannels; o++) sum += ws[row + o] * dys[fromY + o];
          result[fromX + i] += sum;
        }
      });
      return cpu.makeTensorInfo(inputShape, 'float32', result);
    },
  },
];

type Geometry = ReturnType<typeof tf.backend_util.computeConv2DInfo>;

const geometry = (x: number[], filter: number[], { strides, pad, dimRoundingMode }: Attributes): Geometry =>
  tf.backend_util.computeConv2DInfo(
    x as [number, number, number, number],
    filter as [number, number, number, number],
    strides as number,
    1,
    pad as number,
    dimRoundingMode as 'floor',
  );

/** Visits every pair of an input's and an output's pixel that a filter's tap joins, by their flat offsets. */
function eachTap(info: Geometry, visit: (fromX: number, fromW: number, fromY: number) => void): void {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels } = info;
  for (let sample = 0; sample < batchSize; sample++) {
    for (let row = 0; row < outHeight; row++) {
      for (let column = 0; column < outWidth; column++) {
        const fromY = ((sample * outHeight + row) * outWidth + column) * outChannels;
        for (let i = 0; i < info.filterHeight; i++) {
          const y = row * info.strideHeight + i - info.padInfo.top;
          if (y < 0 || y >= inHeight) continue;
          for (let j = 0; j < info.filterWidth; j++) {
            const x = column * info.strideWidth + j - info.padInfo.left;
            if (x < 0 || x >= inWidth) continue;
            const fromX = ((sample * inHeight + y) * inWidth + x) * inChannels;
            visit(fromX, (i * info.filterWidth + j) * inChannels * outChannels, fromY);
          }
        }
      }
    }
  }
}
