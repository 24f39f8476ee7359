import { type Canvas, throwIfCancelled, UNKNOWN } from '@visual-echoes/core';
import type { MaskedTransformer } from '@visual-echoes/masked-transformer';
import type { ModelManifest } from '../model-folder/manifest.js';
import { batches } from './lists.js';
import { softmax } from './softmax.js';

/** The fields of the media. */
const MEDIA = ['image', 'audio'] as const;

/** Canvases that go through the transformer at once. */
const BATCH = 32;

/** What a class is read of. */
export interface Sight {
  canvas: Canvas;
  /** Further views of what is known: what stands in the place of fields when the transformer is asked once more. */
  views: readonly Partial<Canvas>[];
}

/** Reads the class of media, as the sampler does where a task begins with the class, and over several views of them. */
export class ClassReader {
  constructor(
    private readonly transformer: MaskedTransformer,
    private readonly sampling: ModelManifest['sampling'],
  ) {}

  /**
   * For each sight, the probability of every class: over its views, the geometric mean.
   *
   * @param field the field of one token that holds the class.
   */
  async read(
    sights: readonly Sight[],
    field: string,
    { signal }: { signal?: AbortSignal | undefined } = {},
  ): Promise<Float32Array[]> {
    const asked = sights.flatMap(({ canvas, views }, of) =>
      [{}, ...views].map((view) => ({ of, canvas: this.seen({ ...canvas, ...view } as Canvas, field) })),
    );
    const sums: Float32Array[] = [];
    for (const batch of alike(asked, ({ canvas }) => Object.keys(canvas).join())) {
      throwIfCancelled(signal);
      const canvases = batch.map(({ canvas }) => canvas);
      const { [field]: logits } = await this.transformer.predict(canvases, { fields: [field] });
      const classes = logits.length / batch.length;
      batch.forEach(({ of }, i) => {
        const own = logits.subarray(i * classes, (i + 1) * classes);
        sums[of] = own.map((value, at) => value + (sums[of]?.[at] ?? 0));
      });
    }
    return sums.map((sum, of) => {
      const count = 1 + sights[of].views.length;
      return softmax(sum.map((value) => value / count));
    });
  }

  /**
   * For each finished canvas, how surely what was made is of the class that stands on it: the probability of that class
   * where each medium that was not wholly given is read alone, of two the lower one. 1 where there is no class.
   *
   * @param given the canvases before they were filled.
   */
  async agreement(
    made: readonly Canvas[],
    given: readonly Canvas[],
    field: string,
    options: { signal?: AbortSignal | undefined } = {},
  ): Promise<number[]> {
    const asked = made.flatMap((canvas, of) =>
      canvas[field][0] === UNKNOWN
        ? []
        : MEDIA.filter((name) => given[of][name].includes(UNKNOWN)).map((name) => ({ of, name, canvas })),
    );
    const sights = asked.map(({ name, canvas }) => {
      const hidden = [field, ...MEDIA.filter((other) => other !== name)];
      const blanks = hidden.map((other) => [other, canvas[other].map(() => UNKNOWN)]);
      return { canvas: { ...canvas, ...Object.fromEntries(blanks) }, views: [] };
    });
    const read = await this.read(sights, field, options);
    const sure = made.map(() => 1);
    asked.forEach(({ of, canvas }, i) => {
      sure[of] = Math.min(sure[of], read[i][canvas[field][0]]);
    });
    return sure;
  }

  /** What the sampler would show the transformer to have the class: in the stage that fills it, by the task at hand. */
  private seen(canvas: Canvas, field: string): Canvas {
    const [seen, heard] = MEDIA.map((name) => !canvas[name].includes(UNKNOWN));
    const task = seen === heard ? 'complete' : seen ? 'imageToAudio' : 'audioToImage';
    for (const stage of this.sampling[task]?.stages ?? []) {
      if (Array.isArray(stage) || !stage.fill.includes(field) || !stage.given) continue;
      const names = [...stage.fill, ...stage.given];
      return Object.fromEntries(Object.entries(canvas).filter(([name]) => names.includes(name)));
    }
    return canvas;
  }
}

/** Cuts a list into batches of items with the same key. */
function alike<T>(items: readonly T[], keyOf: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return [...groups.values()].flatMap((group) => [...batches(group, BATCH)]);
}
