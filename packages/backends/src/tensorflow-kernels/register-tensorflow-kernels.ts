import type { NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

/** An attribute of TensorFlow's operations, as tfjs-node's binding takes it. */
interface OpAttribute {
  name: string;
  type: number;
  value: number | boolean;
}

/** The parts of tfjs-node's backend that our kernels use. */
interface TensorFlowBackend extends tf.KernelBackend {
  binding: {
    TF_ATTR_INT: number;
    TF_ATTR_FLOAT: number;
    TF_ATTR_BOOL: number;
    visualEchoesKernels?: boolean;
  };
  executeSingleOutput(name: string, attributes: OpAttribute[], inputs: TensorInfo[]): tf.Tensor;
  executeMultipleOutputs(
    name: string,
    attributes: OpAttribute[],
    inputs: TensorInfo[],
    outputs: number,
  ): tf.Tensor[];
}

type Kernel = (
  inputs: Record<string, TensorInfo>,
  attrs: NamedAttrMap,
  call: Call,
) => tf.Tensor | tf.Tensor[];

/** Runs one of our operations in TensorFlow. */
type Call = (
  name: string,
  inputs: readonly TensorInfo[],
  attributes?: { int?: object; float?: object; bool?: object },
  outputs?: number,
) => tf.Tensor[];

const normalized = ({ groups, epsilon, swish }: NamedAttrMap) => ({
  int: { groups },
  float: { epsilon },
  bool: { swish },
});

/** For fewer rows, packing the weight costs more than it brings. */
const WORTH_PACKING = 32;

const kernels: Record<string, Kernel> = {
  LayerNorm: ({ x, weight, bias }, { epsilon }, call) =>
    call('LayerNorm', [x, weight, bias], { float: { epsilon } }),
  LayerNormGrad: ({ x, weight, dy }, { epsilon }, call) =>
    call('LayerNormGrad', [x, weight, dy], { float: { epsilon } }, 3),
  GroupNorm: ({ x, weight, bias }, attrs, call) => call('GroupNorm', [x, weight, bias], normalized(attrs)),
  GroupNormGrad: ({ x, weight, bias, dy }, attrs, call) =>
    call('GroupNormGrad', [x, weight, bias, dy], normalized(attrs), 3),
  SelfAttention: ({ qkv }, { heads }, call) => call('SelfAttention', [qkv], { int: { heads } }),
  SelfAttentionGrad: ({ qkv, y, dy }, { heads }, call) =>
    call('SelfAttentionGrad', [qkv, y, dy], { int: { heads } }),
  Linear: ({ x, weight, bias }, { activation }, call) =>
    tf.tidy(() => {
      const gelu = activation === 'gelu';
      if (x.shape[0] >= WORTH_PACKING && x.shape[1] > 0) {
        return call('Linear', [x, weight, bias ?? tf.zeros([0])], { bool: { gelu } });
      }
      const product = tf.matMul(x as tf.Tensor2D, weight as tf.Tensor2D);
      if (bias) return call('BiasGelu', [product, bias], { bool: { gelu } });
      return gelu ? call('Gelu', [product]) : product;
    }),
  Gelu: ({ x }, _, call) => call('Gelu', [x]),
  GeluGrad: ({ x, dy }, _, call) => call('GeluGrad', [x, dy]),
  AdamW: ({ weight, first, second, gradient }, { beta1, beta2, stepSize, epsilon, keep }, call) =>
    tf.tidy(() => {
      // A tensor, since TensorFlow keeps a kernel for every set of attributes that it has seen.
      const settings = tf.tensor1d([beta1, beta2, stepSize, epsilon, keep] as number[]);
      return call('AdamW', [weight, first, second, gradient, settings], {}, 3);
    }),
};

/** The names of the kernels that `registerTensorFlowKernels` adds. */
export const tensorFlowKernelNames: readonly string[] = Object.keys(kernels);

/**
 * Registers our kernels for the current backend `tensorflow`, where its native library holds them: the one that
 * `pnpm engine:tensorflow` builds does, the published ones do not. Calling this twice changes nothing.
 *
 * @returns whether they are there.
 */
export function registerTensorFlowKernels(): boolean {
  const backend = tf.backend() as TensorFlowBackend;
  const { binding } = backend;
  if (!binding?.visualEchoesKernels) return false;
  const call: Call = (name, inputs, { int = {}, float = {}, bool = {} } = {}, outputs = 1) => {
    const of = (values: object, type: number) =>
      Object.entries(values).map(([key, value]) => ({ name: key, type, value }));
    const attributes = [
      ...of(int, binding.TF_ATTR_INT),
      ...of(float, binding.TF_ATTR_FLOAT),
      ...of(bool, binding.TF_ATTR_BOOL),
    ];
    return backend.executeMultipleOutputs(`VisualEchoes>${name}`, attributes, [...inputs], outputs);
  };
  for (const [kernelName, kernel] of Object.entries(kernels)) {
    if (tf.getKernel(kernelName, 'tensorflow')) continue;
    tf.registerKernel({
      kernelName,
      backendName: 'tensorflow',
      kernelFunc: ({ inputs, attrs }) => kernel(inputs as Record<string, TensorInfo>, attrs ?? {}, call),
    });
  }
  return true;
}

/** Removes them again: the models' operations are then composed of TensorFlow's. */
export function unregisterTensorFlowKernels(): void {
  for (const name of tensorFlowKernelNames) {
    if (tf.getKernel(name, 'tensorflow')) tf.unregisterKernel(name, 'tensorflow');
  }
}
