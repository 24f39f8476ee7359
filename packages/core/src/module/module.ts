import type { StoredTensors } from '../checkpoint/checkpoint.js';
import { CheckpointError } from '../errors.js';
import { Parameter } from './parameter.js';
import type { StateDict } from './state-dict.js';
import { weightNormNames } from './weight-norm-state.js';

/** A weight of a module, and what stands for it elsewhere. */
export interface Match<Tensor> {
  readonly name: string;
  readonly parameter: Parameter;
  readonly tensor?: Tensor;
}

/**
 * A network or a part of one. The names of its properties are the names of its state dict: properties that
 * are a `Parameter`, a `Module` or an array of them are found by themselves, and `camelCase` here is
 * `snake_case` there (a name that begins with a capital stays as it is).
 *
 * @example
 * class Classifier extends Module {
 *   readonly hidden = new Linear(784, 64, { random: new Random(1) });
 *   readonly fcOut = new Linear(64, 10, { random: new Random(2) });
 * }
 * Object.keys(await new Classifier().stateDict());
 * // ['hidden.weight', 'hidden.bias', 'fc_out.weight', 'fc_out.bias']
 */
export abstract class Module {
  /** Names that the authors' checkpoints hold and that this network has no use for. */
  protected readonly unusedNames: readonly RegExp[] = [];

  /** Every weight by its state-dict name, in the order of the properties. */
  namedParameters(): Map<string, Parameter> {
    const found = new Map<string, Parameter>();
    collect(this, '', found);
    return found;
  }

  /** The weights that training changes, by name. */
  trainableParameters(): Map<string, Parameter> {
    return new Map([...this.namedParameters()].filter(([, parameter]) => parameter.trainable));
  }

  /** The number of weights. */
  parameterCount(): number {
    let count = 0;
    for (const parameter of this.namedParameters().values()) count += parameter.size;
    return count;
  }

  /** Reads every weight back, under PyTorch's names and in its layouts. */
  async stateDict(): Promise<StateDict> {
    const state: StateDict = {};
    for (const [name, parameter] of this.namedParameters()) {
      state[name] = { shape: [...parameter.shape], data: await parameter.data() };
    }
    return state;
  }

  /**
   * Loads every weight, or none. Weight norms may have the names of either of PyTorch's forms.
   * @throws CheckpointError that lists every missing, unexpected and mis-shaped name.
   */
  loadStateDict(state: StateDict): void {
    for (const { parameter, tensor } of this.match(new Map(Object.entries(state)))) {
      if (tensor) parameter.set(tensor.data);
      else parameter.reset();
    }
  }

  /**
   * Loads every weight from a checkpoint that is open, one after another, so that no more than one lies in memory
   * twice. Where the file fails in the middle, some weights are new and some are not.
   * @throws CheckpointError that lists every missing, unexpected and mis-shaped name, before any is read.
   */
  async loadTensors(tensors: StoredTensors): Promise<void> {
    for (const { parameter, tensor } of this.match(tensors)) {
      if (tensor) parameter.set(await tensor.read());
      else parameter.reset();
    }
  }

  /**
   * Where the engine has kernels for it, as WebGPU has: holds each weight of a linear layer as halves, in half the memory,
   * if that changes none of its values (a checkpoint in half precision, below 64). Outputs stay the same bits; training,
   * and whatever asks for a weight's `value`, makes it float32 again.
   */
  async packHalves(): Promise<void> {
    for (const parameter of this.namedParameters().values()) await parameter.packHalves();
  }

  /**
   * Every weight with the tensor of its name; none, where it is an optional one.
   * @throws CheckpointError that lists every missing, unexpected and mis-shaped name.
   */
  match<Tensor extends { shape: readonly number[] }>(given: ReadonlyMap<string, Tensor>): Match<Tensor>[] {
    const tensors = weightNormNames(given);
    const matches: Match<Tensor>[] = [];
    const problems: string[] = [];
    for (const [name, parameter] of this.namedParameters()) {
      const tensor = tensors.get(name);
      tensors.delete(name);
      if (!tensor && parameter.optional) matches.push({ name, parameter });
      else if (!tensor) problems.push(`missing: ${name} [${parameter.shape}]`);
      else if (tensor.shape.join() !== parameter.shape.join()) {
        problems.push(`shape of ${name}: [${tensor.shape}] in the file, [${parameter.shape}] in the model`);
      } else matches.push({ name, parameter, tensor });
    }
    for (const [name, { shape }] of tensors) {
      if (!this.unusedNames.some((pattern) => pattern.test(name))) {
        problems.push(`unexpected: ${name} [${shape}]`);
      }
    }
    if (problems.length > 0) {
      throw new CheckpointError(
        `The checkpoint is not of this ${this.constructor.name}; compare its configuration:\n  ${problems.join('\n  ')}`,
      );
    }
    return matches;
  }

  /** Frees every weight, and what else the modules in it hold. */
  dispose(): void {
    Object.values(this).forEach(free);
  }
}

function free(value: unknown): void {
  if (value instanceof Parameter || value instanceof Module) value.dispose();
  else if (Array.isArray(value)) value.forEach(free);
}

function collect(value: unknown, path: string, found: Map<string, Parameter>): void {
  if (value instanceof Parameter) found.set(path, value);
  else if (Array.isArray(value)) value.forEach((item, i) => collect(item, join(path, String(i)), found));
  else if (value instanceof Module) {
    for (const [key, child] of Object.entries(value)) collect(child, join(path, toSnakeCase(key)), found);
  }
}

const join = (path: string, key: string) => (path ? `${path}.${key}` : key);

const toSnakeCase = (name: string) =>
  /^[A-Z]/.test(name) ? name : name.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`);
