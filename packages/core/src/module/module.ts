import { CheckpointError } from '../errors.js';
import { Parameter } from './parameter.js';

/** One tensor of a state dict, in PyTorch's layout, row-major. */
export interface StateTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Weights by their PyTorch names. */
export type StateDict = Record<string, StateTensor>;

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
   * Loads every weight, or none.
   * @throws CheckpointError that lists every missing, unexpected and mis-shaped name.
   */
  loadStateDict(state: StateDict): void {
    const parameters = this.namedParameters();
    const problems: string[] = [];
    for (const [name, parameter] of parameters) {
      const given = state[name];
      if (!given && parameter.optional) continue;
      if (!given) problems.push(`missing: ${name} [${parameter.shape}]`);
      else if (given.shape.join() !== parameter.shape.join()) {
        problems.push(`shape of ${name}: [${given.shape}] in the file, [${parameter.shape}] in the model`);
      }
    }
    for (const name of Object.keys(state)) {
      if (!parameters.has(name) && !this.unusedNames.some((pattern) => pattern.test(name))) {
        problems.push(`unexpected: ${name} [${state[name].shape}]`);
      }
    }
    if (problems.length > 0) {
      throw new CheckpointError(
        `The checkpoint is not of this ${this.constructor.name}; compare its configuration:\n  ${problems.join('\n  ')}`,
      );
    }
    for (const [name, parameter] of parameters) {
      if (state[name]) parameter.set(state[name].data);
      else parameter.reset();
    }
  }

  /** Frees every weight. */
  dispose(): void {
    for (const parameter of this.namedParameters().values()) parameter.dispose();
  }
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
