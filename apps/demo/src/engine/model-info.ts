import type { TaskName, VisualEchoes } from 'visual-echoes';
import type { Controls, ModelInfo } from '../studio/protocol.js';
import { shownName } from './shown-name.js';

/** The field whose settings stand for a task's. */
const SHOWN: Record<TaskName, 'image' | 'audio'> = {
  imageToAudio: 'audio',
  audioToImage: 'image',
  coGenerate: 'image',
  complete: 'image',
};

/** What of a model the page has to know. */
export function modelInfo({ manifest, fields, labels, voices }: VisualEchoes): ModelInfo {
  const { mel } = manifest.parts.audio;
  const { width, height } = manifest.parts.image.picture;
  return {
    name: manifest.name,
    fields: fields.map(({ name, grid, vocabulary }) => ({ name, grid: [grid[0], grid[1]], vocabulary })),
    labels: labels.map(shownName),
    voices,
    defaults: Object.fromEntries(
      Object.keys(SHOWN).map((task) => [task, defaultsOf(manifest, task as TaskName)]),
    ) as ModelInfo['defaults'],
    picture: { width, height },
    sound: { duration: (mel.frames * mel.hopLength) / mel.sampleRate, sampleRate: mel.sampleRate },
    attribution: manifest.attribution,
    license: manifest.license ?? '',
  };
}

function defaultsOf(manifest: VisualEchoes['manifest'], task: TaskName): Required<Controls> {
  const { steps = 16, guidance, temperature = 1, order } = manifest.sampling[task] ?? {};
  const of = (setting: number | Readonly<Record<string, number>>, fallback: number) =>
    typeof setting === 'number' ? setting : (setting[SHOWN[task]] ?? fallback);
  return {
    steps: of(steps, 16),
    guidance: of(guidance?.scale ?? 1, 1),
    temperature: of(temperature, 1),
    order: order?.type ?? 'confidence',
  };
}
