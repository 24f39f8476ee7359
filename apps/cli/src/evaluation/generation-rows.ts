import { degradePicture, degradeSound } from './degrade.js';
import { distanceRows } from './distance-rows.js';
import { type EvaluationContext, generating, hits, partOf, prepared } from './evaluation-context.js';
import { ofClasses } from './evaluation-data.js';
import { type EvaluationRow, shareRow } from './evaluation-row.js';
import { exampleIndices } from './example.js';

/** Pictures → sounds, heard by the sound classifier. */
export async function imageToAudioRows(context: EvaluationContext): Promise<EvaluationRow[]> {
  const task = 'image-to-audio';
  const { data } = context;
  const { rows, made, seconds } = await hear(task, context);
  const distances = await distanceRows(
    context,
    { task, medium: 'sound' },
    {
      made,
      real: data.sounds.media,
      training: ofClasses(data.trainSounds.media, data.trainSounds.digits, data.pictures.digits),
      what: 'of training recordings of the same digits',
    },
  );
  return [
    ...rows,
    ...distances,
    { task, measure: 'time a sample, in batches', value: seconds, unit: 'seconds' },
  ];
}

/** Sounds → pictures, seen by the picture classifier. */
export async function audioToImageRows(context: EvaluationContext): Promise<EvaluationRow[]> {
  const task = 'audio-to-image';
  const { data } = context;
  const { rows, made, seconds } = await see(task, context);
  const distances = await distanceRows(
    context,
    { task, medium: 'picture' },
    {
      made,
      real: data.pictures.media,
      training: ofClasses(data.trainPictures.media, data.trainPictures.digits, data.sounds.digits),
      what: 'of training pictures of the same digits',
    },
  );
  return [
    ...rows,
    ...distances,
    { task, measure: 'time a sample, in batches', value: seconds, unit: 'seconds' },
  ];
}

/** Both with what people bring: photographed pages, and recordings with a room around them. */
export async function broughtRows(context: EvaluationContext): Promise<EvaluationRow[]> {
  const heard = await hear('image-to-audio, brought', partOf(context, 0, 0.75), { degraded: true });
  const seen = await see('audio-to-image, brought', partOf(context, 0.75, 1), { degraded: true });
  return [...heard.rows, ...seen.rows];
}

async function hear(task: string, context: EvaluationContext, { degraded = false } = {}) {
  const { model, judges, data, real, seed, onSamples, onExamples } = context;
  const start = performance.now();
  const { ready, found } = await prepared(partOf(context, 0, 0.3), data.pictures.media, (picture, i) =>
    model.preparePicture(degraded ? degradePicture(picture, seed * 100_000 + i) : picture),
  );
  const options = { ...generating(partOf(context, 0.3, 1)), preprocess: false };
  const results = await model.imageToAudio(ready, options);
  const seconds = (performance.now() - start) / 1000 / found.length;
  const made = results.map(({ sound }) => sound);
  const heard = await judges.judgeSounds(made);
  const digits = data.pictures.digits.filter((_, i) => found[i]);
  await onExamples(
    task,
    exampleIndices(results.length).map((i) => ({
      caption: `${digits[i]}, taken for ${results[i].label ?? 'no class'}`,
      given: { picture: ready[i] },
      made: { sound: results[i].sound, mel: results[i].mel },
    })),
  );
  await onSamples(
    `${task}-mels`,
    results.map(({ mel }) => mel),
  );
  const reference = { what: 'of recordings', value: await real.soundAccuracy() };
  const right = hits(data.pictures.digits, heard.classes, found);
  const rows = [
    shareRow({ task, measure: 'heard right', reference }, right),
    ...readRows(context, task, data.pictures.digits, results, found),
  ];
  return { rows, made, seconds };
}

async function see(task: string, context: EvaluationContext, { degraded = false } = {}) {
  const { model, judges, data, real, seed, onSamples, onExamples } = context;
  const start = performance.now();
  const { ready, found } = await prepared(partOf(context, 0, 0.3), data.sounds.media, async (sound, i) =>
    model.prepareSound(degraded ? await degradeSound(sound, seed * 100_000 + i) : sound),
  );
  const results = await model.audioToImage(ready, generating(partOf(context, 0.3, 1)));
  const seconds = (performance.now() - start) / 1000 / found.length;
  const pictures = results.map(({ picture }) => picture);
  const seen = await judges.judgePictures(pictures);
  const usable = data.sounds.media.map((_, i) => i).filter((i) => found[i]);
  await onExamples(
    task,
    exampleIndices(results.length).map((i) => ({
      caption: `${data.sounds.digits[usable[i]]}, taken for ${results[i].label ?? 'no class'}`,
      given: { sound: data.sounds.media[usable[i]], mel: ready[i] },
      made: { picture: results[i].picture },
    })),
  );
  await onSamples(`${task}-pictures`, pictures);
  const reference = { what: 'of pictures', value: await real.pictureAccuracy() };
  const right = hits(data.sounds.digits, seen.classes, found);
  const rows = [
    shareRow({ task, measure: 'seen right', reference }, right),
    ...readRows(context, task, data.sounds.digits, results, found),
  ];
  return { rows, made: pictures, seconds };
}

/** How often the model took what it was given for the right class, where it has classes: the rest was lost in making. */
function readRows(
  { model: { labels } }: EvaluationContext,
  task: string,
  digits: ArrayLike<number>,
  results: readonly { label?: string }[],
  found: readonly boolean[],
): EvaluationRow[] {
  if (labels.length === 0) return [];
  const read = results.map(({ label = '' }) => labels.indexOf(label));
  return [shareRow({ task, measure: 'class read right' }, hits(digits, read, found))];
}

/** Pairs from nothing: picture and sound of one digit, and all digits about as often. */
export async function coGenerationRows(context: EvaluationContext): Promise<EvaluationRow[]> {
  const { model, judges, pairs, onSamples, onExamples } = context;
  const task = 'co-generation';
  const results = await model.coGenerate({ ...generating(context), count: pairs });
  const pictures = results.map(({ picture }) => picture);
  await onExamples(
    task,
    exampleIndices(results.length).map((i) => ({
      caption: results[i].label ?? 'no class',
      made: { picture: results[i].picture, sound: results[i].sound, mel: results[i].mel },
    })),
  );
  await onSamples(`${task}-pictures`, pictures);
  await onSamples(
    `${task}-mels`,
    results.map(({ mel }) => mel),
  );
  const seen = await judges.judgePictures(pictures);
  const heard = await judges.judgeSounds(results.map(({ sound }) => sound));
  const shares = Array.from(
    { length: 10 },
    (_, digit) => seen.classes.filter((one) => one === digit).length / results.length,
  );
  return [
    shareRow({ task, measure: 'picture and sound agree' }, hits(seen.classes, heard.classes)),
    { task, measure: 'share of the rarest digit', value: Math.min(...shares), unit: 'share' },
    { task, measure: 'share of the most frequent digit', value: Math.max(...shares), unit: 'share' },
  ];
}
