import { type Canvas, ConfigurationError, InvalidInputError } from '@visual-echoes/core';
import type { ModelManifest } from '../model-folder/manifest.js';

/** The classes of a model, if it has any: a field of one token. */
export class ModelClasses {
  readonly names: readonly string[];
  private readonly manifest: ModelManifest;

  constructor(manifest: ModelManifest) {
    this.manifest = manifest;
    this.names = manifest.classes?.names ?? [];
  }

  /** The field that holds the class. @throws ConfigurationError where the model has no classes. */
  get field(): string {
    const { classes, name } = this.manifest;
    if (!classes) throw new ConfigurationError(`The model ${name} has no classes; leave the label out.`);
    return classes.field;
  }

  /** A class by its name or number → its field's token. @throws InvalidInputError that lists the classes. */
  tokens(label: string | number | undefined): Partial<Canvas> {
    if (label === undefined) return {};
    const { field, names } = this;
    const named = names.findIndex((name) => name.toLowerCase() === String(label).toLowerCase());
    const index = named >= 0 || label === '' ? named : Number(label);
    if (!Number.isInteger(index) || index < 0 || index >= names.length) {
      throw new InvalidInputError(
        `There is no class "${label}"; there are ${names.map((name, i) => `${name} (${i})`).join(', ')}.`,
      );
    }
    return { [field]: Int32Array.of(index) };
  }

  /** The name of a canvas's class, where it is known. */
  labelOf(canvas: Canvas): { label?: string } {
    const { classes } = this.manifest;
    const label = classes && this.names[canvas[classes.field][0]];
    return label === undefined ? {} : { label };
  }
}
