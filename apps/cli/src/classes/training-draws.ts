import { Random } from '@visual-echoes/core';
import type { Mel } from '@visual-echoes/vq-audio';
import type { Picture } from '@visual-echoes/vq-image';
import type { MediaDatasetFile } from '../dataset/dataset-file.js';
import type { Example } from '../evaluation/fit-classifier.js';
import { pictureInput } from '../evaluation/judges.js';
import { augmentFrame, type FrameAugmentation } from '../training/augment/augment-frame.js';
import { augmentMel, type MelAugmentation } from '../training/augment/augment-mel.js';
import { melConstantsOf } from '../training/augment/mel-constants.js';
import type { Grouped } from './hold-apart.js';
import type { LabelledPicture, LabelledSound } from './labelled-media.js';
import { maskInput } from './mask-input.js';

/** How media become inputs of a classifier. */
export interface DrawnMedia<Item> {
  /** As it is. */
  input: (item: Item) => Promise<Float32Array>;
  /** Varied, of every class equally often. */
  draw: (items: readonly Item[]) => (random: Random) => Promise<Example>;
  batchSize: number;
  /** Steps at most. */
  most: number;
}

/** Bytes of decoded pictures that are kept. */
const KEPT = 2 ** 28;

const PICTURE: FrameAugmentation = {
  rotation: 15,
  scale: [0.7, 1],
  mirror: 0.5,
  ...{ brightness: 0.3, contrast: 0.3, saturation: 0.4, hue: 0.05 },
};

const SOUND: MelAugmentation = {
  circular: true,
  stretch: 0.15,
  pitch: 2,
  mix: { probability: 0.3, level: [-10, 0] },
  gain: 10,
  noise: 1,
};

/** The longest masks, as a share of bands and of frames. */
const MASK = 0.2;

/** Pictures, turned, cut, mirrored and coloured in other ways. */
export function pictureDraws({
  width,
  height,
  channels,
}: Pick<Picture, 'width' | 'height' | 'channels'>): DrawnMedia<LabelledPicture> {
  const decoded = new Map<LabelledPicture, Picture>();
  const most = KEPT / (width * height * channels);
  const decode = async (item: LabelledPicture) => {
    const picture = decoded.get(item) ?? (await item.decode());
    if (decoded.size < most) decoded.set(item, picture);
    return picture;
  };
  return {
    input: async (item) => pictureInput(await decode(item)),
    draw: (items) => {
      const draw = balanced(items);
      return async (random) => {
        const own = new Random(random.bits());
        const item = draw(own);
        const varied = await augmentFrame(await decode(item), PICTURE, own);
        return { input: pictureInput(varied), class: item.class };
      };
    },
    batchSize: 32,
    most: 3000,
  };
}

/** Mel spectrograms, moved in time and pitch, mixed with others of the class, louder or softer, with parts missing. */
export function soundDraws(
  { bands, frames, configuration }: MediaDatasetFile['mel'],
  folder: string,
): DrawnMedia<LabelledSound> {
  const constants = melConstantsOf(configuration, folder);
  const augmentation = { ...SOUND, shiftFrames: Math.floor(frames / 2) };
  return {
    input: async ({ mel }) => melInput(mel),
    draw: (items) => {
      const draw = balanced(items);
      const ofClass = byClass(items);
      return async (random) => {
        const item = draw(random);
        const varied = augmentMel(item.mel, augmentation, constants, random, (own) => {
          const others = ofClass.get(item.class)!;
          return others[own.integer(others.length)].mel;
        });
        const input = maskInput(melInput(varied), { height: bands, width: frames }, MASK, random);
        return { input, class: item.class };
      };
    },
    batchSize: 32,
    most: 1200,
  };
}

/** A mel spectrogram as its classifier takes it. */
export const melInput = ({ data }: Mel): Float32Array => data.map((value) => 2 * value - 1);

/** An item of a class that is drawn first. */
function balanced<Item extends Grouped>(items: readonly Item[]): (random: Random) => Item {
  const classes = [...byClass(items).values()];
  return (random) => {
    const own = classes[random.integer(classes.length)];
    return own[random.integer(own.length)];
  };
}

function byClass<Item extends Grouped>(items: readonly Item[]): Map<number, Item[]> {
  const classes = new Map<number, Item[]>();
  for (const item of items) {
    const own = classes.get(item.class);
    if (own) own.push(item);
    else classes.set(item.class, [item]);
  }
  return classes;
}
