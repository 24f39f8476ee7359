import { ConfigurationError, type StateDict } from '@visual-echoes/core';
import { Message } from './protobuf.js';

/** ONNX's numbers of element types. */
const TYPES = { float: 1, int64: 7 } as const;

type ElementType = keyof typeof TYPES;
type Attribute = number | string | readonly number[];

/** Opset 17 has LayerNormalization. */
const OPSET = 17;

/**
 * A graph of ONNX's operators that is put together node by node; names of values are given back and passed on. Field
 * numbers are those of onnx.proto3.
 */
export class OnnxGraph {
  private readonly graph = new Message();
  private readonly weights: StateDict;
  private readonly written = new Set<string>();
  private count = 0;

  /** @param weights what `weight` takes, by PyTorch's names and in its layouts. */
  constructor(name: string, weights: StateDict) {
    this.graph.bytes(2, name);
    this.weights = weights;
  }

  /** An input; a size of −1 is any, under the name of the dimension. */
  input(name: string, type: ElementType, shape: readonly (number | string)[]): string {
    this.graph.bytes(11, valueInfo(name, type, shape));
    return name;
  }

  output(
    name: string,
    value: string,
    shape: readonly (number | string)[],
    type: ElementType = 'float',
  ): void {
    this.graph.bytes(1, node('Identity', [value], [name]));
    this.graph.bytes(12, valueInfo(name, type, shape));
  }

  /** A weight by its name. @throws ConfigurationError where there is none. */
  weight(name: string): string {
    const tensor = this.weights[name];
    if (!tensor) throw new ConfigurationError(`The model has no weight "${name}".`);
    return this.constant(tensor.data, tensor.shape, name);
  }

  /** Whether the model has such a weight. */
  has(name: string): boolean {
    return this.weights[name] !== undefined;
  }

  /** The shape of a weight. */
  shapeOf(name: string): readonly number[] {
    return this.weights[name].shape;
  }

  /** A constant, under a new name unless one is given, which is written once. */
  constant(
    data: Float32Array | BigInt64Array,
    shape: readonly number[],
    name = `constant_${this.count++}`,
  ): string {
    if (this.written.has(name)) return name;
    this.written.add(name);
    const tensor = new Message();
    for (const size of shape) tensor.int(1, size);
    tensor.int(2, data instanceof Float32Array ? TYPES.float : TYPES.int64).bytes(8, name);
    tensor.bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    this.graph.bytes(5, tensor);
    return name;
  }

  scalar(value: number): string {
    return this.constant(Float32Array.of(value), []);
  }

  ints(...values: readonly number[]): string {
    return this.constant(BigInt64Array.from(values, BigInt), [values.length]);
  }

  /** A node of one output. */
  node(operator: string, inputs: readonly string[], attributes: Record<string, Attribute> = {}): string {
    return this.nodes(operator, inputs, 1, attributes)[0];
  }

  /** A node of several outputs. */
  nodes(
    operator: string,
    inputs: readonly string[],
    outputs: number,
    attributes: Record<string, Attribute> = {},
  ): string[] {
    const names = Array.from({ length: outputs }, () => `value_${this.count++}`);
    this.graph.bytes(1, node(operator, inputs, names, attributes));
    return names;
  }

  /** The model as bytes, in parts. */
  get parts(): readonly Uint8Array[] {
    const model = new Message().int(1, 8).bytes(2, 'visual-echoes');
    model.bytes(7, this.graph).bytes(8, new Message().bytes(1, '').int(2, OPSET));
    return model.parts;
  }
}

function valueInfo(name: string, type: ElementType, shape: readonly (number | string)[]): Message {
  const dimensions = new Message();
  for (const size of shape) {
    dimensions.bytes(1, typeof size === 'number' ? new Message().int(1, size) : new Message().bytes(2, size));
  }
  const tensor = new Message().int(1, TYPES[type]).bytes(2, dimensions);
  return new Message().bytes(1, name).bytes(2, new Message().bytes(1, tensor));
}

function node(
  operator: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Record<string, Attribute> = {},
): Message {
  const message = new Message();
  for (const input of inputs) message.bytes(1, input);
  for (const output of outputs) message.bytes(2, output);
  message.bytes(4, operator);
  for (const [name, value] of Object.entries(attributes)) message.bytes(5, attribute(name, value));
  return message;
}

/** Whole numbers are ints, others floats; a float attribute that is whole is not needed here. */
function attribute(name: string, value: Attribute): Message {
  const message = new Message().bytes(1, name);
  if (typeof value === 'string') return message.bytes(4, value).int(20, 3);
  if (typeof value !== 'number') {
    for (const one of value) message.int(8, one);
    return message.int(20, 7);
  }
  return Number.isInteger(value) ? message.int(3, value).int(20, 2) : message.float(2, value).int(20, 1);
}
