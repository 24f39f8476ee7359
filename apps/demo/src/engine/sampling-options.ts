import { confidence, type GenerateOptions, halton, type TaskName, type VisualEchoes } from 'visual-echoes';
import type { Controls } from '../studio/protocol.js';

type Setting = number | Readonly<Record<string, number>>;

/** The visitor's controls over the model's own settings; they are the media's, names are found as the model finds them. */
export function samplingOptions(
  { manifest, fields }: VisualEchoes,
  task: TaskName,
  { steps, guidance, temperature, order }: Controls,
): GenerateOptions {
  const own = manifest.sampling[task] ?? {};
  const ofMedia = (value: number | undefined, setting: Setting | undefined) => {
    if (value === undefined) return undefined;
    const given =
      typeof setting === 'number' ? Object.fromEntries(fields.map(({ name }) => [name, setting])) : setting;
    return { ...given, image: value, audio: value };
  };
  const scale = ofMedia(guidance, own.guidance?.scale);
  return {
    steps: ofMedia(steps, own.steps),
    temperature: ofMedia(temperature, own.temperature),
    ...(scale && { guidance: { ...own.guidance, scale } }),
    ...(order && order !== own.order?.type && { order: order === 'halton' ? halton() : confidence() }),
  };
}
