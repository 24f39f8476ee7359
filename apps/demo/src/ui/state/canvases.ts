import type { ModelInfo, Tokens } from '../../studio/protocol.js';

/** The fields of which something is known. */
export function knownFields(tokens: Tokens): Tokens {
  return Object.fromEntries(Object.entries(tokens).filter(([, field]) => field.some((token) => token >= 0)));
}

/** A canvas with the fields that are missing, unknown. */
export function allFields(tokens: Tokens, { fields }: ModelInfo): Tokens {
  return Object.fromEntries(
    fields.map(({ name, grid: [rows, columns] }) => [
      name,
      tokens[name] ?? new Int32Array(rows * columns).fill(-1),
    ]),
  );
}
