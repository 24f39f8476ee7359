/** The name of a Python class or function. It is only a name: nothing of that name is looked up or run. */
export class PickledGlobal {
  readonly name: string;

  /** @param name module and name, as in `torch._utils._rebuild_tensor_v2`. */
  constructor(name: string) {
    this.name = name;
  }
}

/** What Python would have made by calling a class or function: who would be called, and with what. */
export class PickledObject {
  readonly class: PickledGlobal;
  readonly arguments: readonly PickledValue[];
  /** What Python would set on it afterwards: usually a `Map` of its attributes. */
  state?: PickledValue;
  /** What Python would append to it. */
  items?: PickledValue[];
  /** What Python would set in it as in a dict. */
  entries?: Map<PickledValue, PickledValue>;

  constructor(called: PickledGlobal, args: readonly PickledValue[]) {
    this.class = called;
    this.arguments = args;
  }
}

/** A reference to something outside the pickle; PyTorch's are storages. */
export class PersistentId {
  readonly id: PickledValue;

  constructor(id: PickledValue) {
    this.id = id;
  }
}

/**
 * A value of a pickle: Python's None is null, tuples and lists are arrays, dicts are maps, whole numbers beyond
 * 2⁵³ are bigints.
 */
export type PickledValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickledValue[]
  | Set<PickledValue>
  | Map<PickledValue, PickledValue>
  | PickledGlobal
  | PickledObject
  | PersistentId;
