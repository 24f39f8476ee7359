import { beforeAll, describe } from 'vitest';
import { useCpu } from '../testing.test.helper.js';
import { describeLayers } from './layer-conformance.test.helper.js';

/** On `wasm` and `tensorflow` the same runs in tools/src/conformance, since this package knows no engine. */
describe('layers against PyTorch, on cpu', () => {
  beforeAll(useCpu);
  describeLayers();
});
