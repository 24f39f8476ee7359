import { CheckpointError } from '../../errors.js';
import { malformedPickle, PickleReader } from './pickle-reader.js';
import { PickleStack } from './pickle-stack.js';
import { PersistentId, PickledGlobal, PickledObject, type PickledValue } from './pickle-values.js';

/** More than any checkpoint takes: a tensor takes thirty. As many dicts take 130 MB of memory. */
const MOST_STEPS = 600_000;

/**
 * Reads one pickle of protocol 0 to 5. It runs nothing: a class or function is a name, a call of it a record of the
 * name and the arguments.
 * @returns the value, the ids of everything outside that it refers to, and where the pickle ends.
 * @throws TruncatedPickleError where the bytes end first, CheckpointError where they are malformed.
 */
export function unpickle(bytes: Uint8Array): {
  value: PickledValue;
  persistentIds: readonly PickledValue[];
  end: number;
} {
  const machine = { stack: new PickleStack(), reader: new PickleReader(bytes, 0), persistentIds: [] };
  const { stack, reader, persistentIds } = machine;
  for (let step = 0; step < MOST_STEPS; step++) {
    const code = reader.uint8();
    if (code === STOP) return { value: stack.last(), persistentIds, end: reader.position };
    const operation = OPERATIONS.get(code);
    if (!operation) malformedPickle(`operation ${code} at byte ${reader.position - 1} is of no checkpoint`);
    operation!(machine);
  }
  return malformedPickle(`it takes more than ${MOST_STEPS} steps`);
}

interface Machine {
  stack: PickleStack;
  reader: PickleReader;
  persistentIds: PickledValue[];
}

type Operation = (machine: Machine) => void;

const STOP = '.'.charCodeAt(0);

/** An operation that pushes what it reads. */
const pushes =
  (read: (reader: PickleReader) => PickledValue): Operation =>
  ({ stack, reader }) =>
    stack.push(read(reader));

/** Changes the value on top of the stack by what lies above it. */
const changes =
  (
    take: (stack: PickleStack) => PickledValue[],
    change: (top: PickledValue, items: PickledValue[]) => void,
  ): Operation =>
  ({ stack }) => {
    const items = take(stack);
    change(stack.top(), items);
  };

const toMark = (stack: PickleStack) => stack.popToMark();
const take = (count: number) => (stack: PickleStack) => stack.popMany(count);

/** By code, with the names of Python's `pickletools`. What is not here no checkpoint has: extensions, buffers outside. */
const OPERATIONS = new Map<number, Operation>(
  (
    [
      [0x80, ({ reader }) => reader.uint8() > 5 && malformedPickle('it is of a protocol above 5')], // PROTO
      [0x95, ({ reader }) => reader.uint64()], // FRAME, which only helps a reader that streams

      ['N', pushes(() => null)], // NONE
      [0x88, pushes(() => true)], // NEWTRUE
      [0x89, pushes(() => false)], // NEWFALSE
      ['K', pushes((reader) => reader.uint8())], // BININT1
      ['M', pushes((reader) => reader.uint16())], // BININT2
      ['J', pushes((reader) => reader.int32())], // BININT
      [0x8a, pushes((reader) => reader.integer(reader.uint8()))], // LONG1
      [0x8b, pushes((reader) => reader.integer(reader.int32()))], // LONG4
      ['G', pushes((reader) => reader.float64())], // BINFLOAT
      ['I', pushes((reader) => reader.decimal())], // INT
      ['L', pushes((reader) => reader.decimal())], // LONG
      ['F', pushes((reader) => reader.float())], // FLOAT

      [0x8c, pushes((reader) => reader.utf8(reader.uint8()))], // SHORT_BINUNICODE
      ['X', pushes((reader) => reader.utf8(reader.uint32()))], // BINUNICODE
      [0x8d, pushes((reader) => reader.utf8(reader.uint64()))], // BINUNICODE8
      ['V', pushes((reader) => reader.line())], // UNICODE
      ['U', pushes((reader) => reader.latin1(reader.uint8()))], // SHORT_BINSTRING
      ['T', pushes((reader) => reader.latin1(reader.int32()))], // BINSTRING
      ['S', pushes((reader) => reader.quoted())], // STRING
      ['C', pushes((reader) => reader.raw(reader.uint8()))], // SHORT_BINBYTES
      ['B', pushes((reader) => reader.raw(reader.uint32()))], // BINBYTES
      [0x8e, pushes((reader) => reader.raw(reader.uint64()))], // BINBYTES8
      [0x96, pushes((reader) => reader.raw(reader.uint64()))], // BYTEARRAY8

      ['(', ({ stack }) => stack.mark()], // MARK
      [')', pushes(() => [])], // EMPTY_TUPLE
      [']', pushes(() => [])], // EMPTY_LIST
      ['}', pushes(() => new Map())], // EMPTY_DICT
      [0x8f, pushes(() => new Set())], // EMPTY_SET
      ['t', ({ stack }) => stack.push(stack.popToMark())], // TUPLE
      ['l', ({ stack }) => stack.push(stack.popToMark())], // LIST
      [0x85, ({ stack }) => stack.push(stack.popMany(1))], // TUPLE1
      [0x86, ({ stack }) => stack.push(stack.popMany(2))], // TUPLE2
      [0x87, ({ stack }) => stack.push(stack.popMany(3))], // TUPLE3
      ['d', ({ stack }) => stack.push(setItems(new Map(), stack.popToMark()))], // DICT
      [0x91, ({ stack }) => stack.push(new Set(stack.popToMark()))], // FROZENSET
      ['a', changes(take(1), append)], // APPEND
      ['e', changes(toMark, append)], // APPENDS
      ['s', changes(take(2), setItems)], // SETITEM
      ['u', changes(toMark, setItems)], // SETITEMS
      [0x90, changes(toMark, addItems)], // ADDITEMS

      ['0', ({ stack }) => stack.drop()], // POP
      ['1', ({ stack }) => stack.popToMark()], // POP_MARK
      ['2', ({ stack }) => stack.push(stack.top())], // DUP
      ['p', ({ stack, reader }) => stack.remember(reader.decimal())], // PUT
      ['q', ({ stack, reader }) => stack.remember(reader.uint8())], // BINPUT
      ['r', ({ stack, reader }) => stack.remember(reader.uint32())], // LONG_BINPUT
      [0x94, ({ stack }) => stack.remember()], // MEMOIZE
      ['g', ({ stack, reader }) => stack.recall(reader.decimal())], // GET
      ['h', ({ stack, reader }) => stack.recall(reader.uint8())], // BINGET
      ['j', ({ stack, reader }) => stack.recall(reader.uint32())], // LONG_BINGET

      ['c', pushes((reader) => named([reader.line(), reader.line()]))], // GLOBAL
      [0x93, ({ stack }) => stack.push(named(stack.popMany(2)))], // STACK_GLOBAL
      ['R', ({ stack }) => stack.push(call(stack.popMany(2)))], // REDUCE
      [0x81, ({ stack }) => stack.push(call(stack.popMany(2)))], // NEWOBJ
      [0x92, ({ stack }) => stack.push(call(stack.popMany(3)))], // NEWOBJ_EX
      [
        'i',
        ({ stack, reader }) => stack.push(call([named([reader.line(), reader.line()]), stack.popToMark()])),
      ], // INST
      ['o', ({ stack }) => stack.push(callFirst(stack.popToMark()))], // OBJ
      ['b', changes(take(1), build)], // BUILD
      [
        'Q', // BINPERSID
        ({ stack, persistentIds }) => {
          const id = stack.pop();
          persistentIds.push(id);
          stack.push(new PersistentId(id));
        },
      ],
    ] as [number | string, Operation][]
  ).map(([code, operation]) => [typeof code === 'string' ? code.charCodeAt(0) : code, operation]),
);

/** Dicts whose order or default is nothing to a reader. */
const DICTS = ['collections.OrderedDict', 'collections.defaultdict', 'collections.Counter'];

/** What only an attack on readers in Python names. Here nothing is run, and the file is still not to be trusted. */
const ATTACKS =
  /^((os|posix|nt|subprocess|sys|shutil|socket|pty|ctypes|runpy|importlib|webbrowser|commands)(\.|$)|(builtins|__builtin__)\.(eval|exec|execfile|compile|open|input|breakpoint|__import__)$)/;

function named([module, name]: readonly PickledValue[]): PickledGlobal {
  if (typeof module !== 'string' || typeof name !== 'string')
    return malformedPickle('a class of it has no name');
  const whole = `${module}.${name}`;
  if (ATTACKS.test(whole)) {
    throw new CheckpointError(
      `The checkpoint would run ${whole.slice(0, 100)} where Python loads it. Delete it; nothing was run here.`,
    );
  }
  return new PickledGlobal(whole);
}

/** What calling a class or function would make. Dicts are made; all else stays a record. */
function call([called, args, keywords]: readonly PickledValue[]): PickledValue {
  if (!(called instanceof PickledGlobal)) return malformedPickle('it calls what is no class or function');
  if (!Array.isArray(args)) return malformedPickle('it calls with what is no list of arguments');
  if (!DICTS.includes(called.name)) {
    return new PickledObject(called, keywords === undefined ? args : [...args, keywords]);
  }
  const [pairs] = called.name === DICTS[0] && Array.isArray(args[0]) ? args : [[]];
  return setItems(new Map(), (pairs as PickledValue[]).flatMap(pairOf));
}

const callFirst = ([called, ...args]: PickledValue[]) => call([called, args]);

const pairOf = (pair: PickledValue): PickledValue[] =>
  Array.isArray(pair) && pair.length === 2 ? pair : malformedPickle('an entry of a dict has no value');

function append(list: PickledValue, items: PickledValue[]): void {
  if (list instanceof PickledObject) list.items ??= [];
  const to = list instanceof PickledObject ? list.items : list;
  if (!Array.isArray(to)) malformedPickle('it appends to what is no list');
  for (const item of items) (to as PickledValue[]).push(item);
}

/** Sets `pairs`, keys and values by turns, in a dict or what stands for one. */
function setItems(dict: PickledValue, pairs: PickledValue[]): PickledValue {
  if (dict instanceof PickledObject) dict.entries ??= new Map();
  const entries = dict instanceof PickledObject ? dict.entries : dict;
  if (!(entries instanceof Map) || pairs.length % 2 !== 0)
    return malformedPickle('it sets entries of no dict');
  for (let i = 0; i < pairs.length; i += 2) entries.set(pairs[i], pairs[i + 1]);
  return dict;
}

function addItems(set: PickledValue, items: PickledValue[]): void {
  if (!(set instanceof Set)) malformedPickle('it adds to what is no set');
  for (const item of items) (set as Set<PickledValue>).add(item);
}

function build(built: PickledValue, [state]: PickledValue[]): void {
  if (built instanceof PickledObject) built.state = state;
  // An ordered dict may carry attributes of its own, as a state dict's `_metadata`.
  else if (!(built instanceof Map)) malformedPickle('it sets the state of what has none');
}
