import type { ModelManifest } from 'visual-echoes';
import { TASK_OF } from './point-sampling.js';
import type { Direction, PointSettings } from './point-settings.js';

/** What a model folder itself says of the medium of a direction. */
export function defaultsOf(
  { sampling }: Pick<ModelManifest, 'sampling'>,
  direction: Direction,
): PointSettings {
  const { task, to } = TASK_OF[direction];
  const { steps, guidance, temperature, order } = sampling[task] ?? {};
  const ofMedium = (value: number | Readonly<Record<string, number>> | undefined) =>
    typeof value === 'object' ? value[to] : value;
  const found: PointSettings = {
    guidance: ofMedium(guidance?.scale) ?? 1,
    temperature: ofMedium(temperature) ?? 1,
    steps: ofMedium(steps) ?? 16,
    order: order?.type ?? 'confidence',
  };
  const choice = order?.type === 'confidence' ? ofMedium(order.temperature) : undefined;
  return choice === undefined ? found : { ...found, choiceTemperature: choice };
}
