import { CheckpointError } from '../../errors.js';
import { PickledObject, type PickledValue } from './pickle-values.js';
import { type TorchTensor, torchTensor } from './torch-tensor.js';

/** Where training programs keep the weights: Lightning, MAGE, HiFi-GAN. */
const USUAL = ['state_dict', 'model', 'generator'];

/**
 * The tensors of a state dict by name: of the dict at `at` (keys with dots between), of the checkpoint itself, or of
 * the one dict in it that holds tensors.
 * @throws CheckpointError where there is none, or several and none has a usual name.
 */
export function findStateDict(checkpoint: PickledValue, at?: string): Map<string, TorchTensor> {
  const dicts = stateDictsIn(checkpoint);
  const names = [...dicts.keys()].map((name) => JSON.stringify(name.slice(0, 100))).join(', ');
  if (at !== undefined) {
    const value = at.split('.').reduce<PickledValue>((dict, key) => child(dict, key), checkpoint);
    const tensors = tensorsOf(value);
    if (tensors) return tensors;
    throw new CheckpointError(
      `The checkpoint has no tensors at ${JSON.stringify(at)}${names ? `, but at ${names}` : ''}.`,
    );
  }
  const own = tensorsOf(checkpoint);
  if (own) return own;
  const usual = USUAL.find((name) => dicts.has(name));
  if (usual !== undefined) return dicts.get(usual)!;
  if (dicts.size === 1) return [...dicts.values()][0];
  if (dicts.size > 1)
    throw new CheckpointError(`The checkpoint holds several sets of tensors; choose ${names}.`);
  const what =
    checkpoint instanceof PickledObject
      ? `a whole ${checkpoint.class.name.slice(0, 100)}; save its state_dict() by torch.save`
      : 'no state dict';
  throw new CheckpointError(`The checkpoint holds ${what}.`);
}

/** The dicts right inside the checkpoint that hold tensors. */
function stateDictsIn(checkpoint: PickledValue): Map<string, Map<string, TorchTensor>> {
  const found = new Map<string, Map<string, TorchTensor>>();
  if (!(checkpoint instanceof Map)) return found;
  for (const [key, value] of checkpoint) {
    const tensors = typeof key === 'string' && value !== checkpoint ? tensorsOf(value) : undefined;
    if (tensors) found.set(key as string, tensors);
  }
  return found;
}

const child = (dict: PickledValue, key: string): PickledValue =>
  dict instanceof Map ? (dict.get(key) ?? null) : null;

/** The tensors right inside a dict, where there are any. */
function tensorsOf(dict: PickledValue): Map<string, TorchTensor> | undefined {
  if (!(dict instanceof Map)) return undefined;
  const tensors = new Map<string, TorchTensor>();
  for (const [name, value] of dict) {
    const tensor = torchTensor(value);
    if (tensor && typeof name === 'string') tensors.set(name, tensor);
  }
  return tensors.size > 0 ? tensors : undefined;
}
