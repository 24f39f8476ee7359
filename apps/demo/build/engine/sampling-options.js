import { confidence, halton } from 'visual-echoes';
/** The visitor's controls over the model's own settings; they are the media's, names are found as the model finds them. */
export function samplingOptions({ manifest, fields }, task, { steps, guidance, temperature, order }) {
  const own = manifest.sampling[task] ?? {};
  const ofMedia = (value, setting) => {
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
