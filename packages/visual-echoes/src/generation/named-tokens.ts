import { type Canvas, ConfigurationError, InvalidInputError } from '@visual-echoes/core';
import type { NamedField } from '../model-folder/manifest.js';

/** What a field of one token can hold, by name: the classes of a model, or its voices. */
export class NamedTokens {
  readonly names: readonly string[];

  /**
   * @param kind what error messages call one of them: "class".
   * @param named undefined where the model has none.
   */
  constructor(
    private readonly kind: string,
    private readonly named: NamedField | undefined,
  ) {
    this.names = named?.names ?? [];
  }

  /** The field that holds the token. @throws ConfigurationError where the model has none. */
  get field(): string {
    if (!this.named) throw new ConfigurationError(`The model knows no ${this.kind}; leave it out.`);
    return this.named.field;
  }

  /** A name or number → its field's token. @throws InvalidInputError that lists the names. */
  tokens(wanted: string | number | undefined): Partial<Canvas> {
    if (wanted === undefined) return {};
    const { field, names } = this;
    const named = names.findIndex((name) => name.toLowerCase() === String(wanted).toLowerCase());
    const index = named >= 0 || wanted === '' ? named : Number(wanted);
    if (!Number.isInteger(index) || index < 0 || index >= names.length) {
      throw new InvalidInputError(
        `There is no ${this.kind} "${wanted}"; there are ${names.map((name, i) => `${name} (${i})`).join(', ')}.`,
      );
    }
    return { [field]: Int32Array.of(index) };
  }

  /** The name of a canvas's token, where it is known. */
  nameOn(canvas: Canvas): string | undefined {
    return this.named && this.names[canvas[this.named.field][0]];
  }
}
