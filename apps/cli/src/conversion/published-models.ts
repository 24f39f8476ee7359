import {
  inferVqModelConfiguration,
  type Module,
  type StoredTensors,
  TRAINING_NAMES,
  VqModel,
  type VqModelConfiguration,
  vqganConfigurationOf,
} from '@visual-echoes/core';
import {
  fromMageConfiguration,
  inferMageConfiguration,
  type MageConfiguration,
  MaskedTransformer,
} from '@visual-echoes/masked-transformer';
import {
  HiFiGanGenerator,
  hiFiGanConfigurationOf,
  inferHiFiGanConfiguration,
  inferMelGanConfiguration,
  inferVocosConfiguration,
  MEL_SPECVQGAN,
  MelGanGenerator,
  melGanConfigurationOf,
  VocosGenerator,
  vocosConfigurationOf,
} from '@visual-echoes/vq-audio';
import type { PartialModelManifest } from 'visual-echoes';

type Published = Record<string, unknown> | undefined;

/** Where a part stands in the manifest: a vocoder stands in the part of the sounds. */
export type Place = 'image' | 'audio' | 'audio.vocoder' | 'transformer';

/** A part's entry: its type, the name of its file, and more. */
export interface Entry {
  type: string;
  weights: string;
}

/** A part of a model folder that a checkpoint becomes. */
export interface ConvertedPart {
  place: Place;
  entry: Entry;
  /** The network, which says which tensors it takes. */
  module: Module;
  tensors: StoredTensors;
}

/** A model as its authors publish it. */
export interface PublishedModel {
  place: Place;
  /** Of its entry in the manifest. */
  type: string;
  /** What a checkpoint of it is called on the way back, and the key under which the authors keep the weights. */
  file: string;
  at?: string;
  /** @param published the authors' configuration; without one it is read off the weights. */
  parts(tensors: StoredTensors, published: Published): ConvertedPart[];
}

export const PUBLISHED_MODELS: Record<string, PublishedModel> = {
  'taming-vqgan': {
    place: 'image',
    type: 'vqgan',
    file: 'image.ckpt',
    at: 'state_dict',
    parts: (tensors, published) => [imagePart(tensors, published)],
  },
  specvqgan: {
    place: 'audio',
    type: 'specvqgan',
    file: 'audio.ckpt',
    at: 'state_dict',
    parts: (tensors, published) => {
      const configuration = vqModel(tensors, published, 848);
      const { firstFrames, centerFrames } = MEL_SPECVQGAN;
      const entry = {
        type: 'specvqgan',
        weights: 'audio.safetensors',
        configuration,
        mel: { ...MEL_SPECVQGAN, frames: centerFrames ?? firstFrames },
        preprocessing: { type: 'clip', sampleRate: MEL_SPECVQGAN.sampleRate, seconds: 10 },
        vocoder: { type: 'griffin-lim' },
      };
      return [
        {
          place: 'audio',
          entry,
          module: new VqModel(configuration),
          tensors: without(tensors, TRAINING_NAMES),
        },
      ];
    },
  },
  mage: {
    place: 'transformer',
    type: 'mage',
    file: 'transformer.pth',
    at: 'model',
    parts: (tensors, published) => {
      const sizes = (published as MageConfiguration | undefined) ?? inferMageConfiguration(tensors);
      const configuration = fromMageConfiguration(sizes);
      const own: ConvertedPart = {
        place: 'transformer',
        entry: { type: 'mage', weights: 'transformer.safetensors', configuration } as Entry,
        module: new MaskedTransformer(configuration),
        tensors: without(tensors, /^vqgan\./),
      };
      const tokenizer = inside(tensors, 'vqgan.'); // MAGE keeps its tokenizer in the same file
      return tokenizer.size > 0 ? [own, imagePart(tokenizer, undefined)] : [own];
    },
  },
  melgan: {
    place: 'audio.vocoder',
    type: 'melgan',
    file: 'vocoder.pt',
    parts: (tensors, published) => {
      const configuration = published ? melGanConfigurationOf(published) : inferMelGanConfiguration(tensors);
      const module = new MelGanGenerator(configuration, { form: 'weight-norm' });
      return [vocoderPart('melgan', configuration, module, tensors)];
    },
  },
  hifigan: {
    place: 'audio.vocoder',
    type: 'hifigan',
    file: 'vocoder.pth',
    at: 'generator',
    parts: (tensors, published) => {
      const configuration = published
        ? hiFiGanConfigurationOf(published)
        : inferHiFiGanConfiguration(tensors);
      const module = new HiFiGanGenerator(configuration, { form: 'weight-norm' });
      return [vocoderPart('hifigan', configuration, module, tensors)];
    },
  },
  vocos: {
    place: 'audio.vocoder',
    type: 'vocos',
    file: 'vocoder.bin',
    parts: (tensors, published) => {
      const configuration = published ? vocosConfigurationOf(published) : inferVocosConfiguration(tensors);
      const own = without(tensors, /^feature_extractor\.|^head\.istft\./); // without weights, and computed here
      return [vocoderPart('vocos', configuration, new VocosGenerator(configuration), own)];
    },
  },
};

function imagePart(tensors: StoredTensors, published: Published): ConvertedPart {
  const configuration = vqModel(tensors, published, 256);
  const { resolution, in_channels } = configuration.ddconfig;
  const preprocessing = { type: 'cover' };
  const picture = { width: resolution, height: resolution, channels: in_channels };
  return {
    place: 'image',
    entry: { type: 'vqgan', weights: 'image.safetensors', configuration, picture, preprocessing } as Entry,
    module: new VqModel(configuration),
    tensors: without(tensors, TRAINING_NAMES),
  };
}

const vocoderPart = (
  type: string,
  configuration: object,
  module: Module,
  tensors: StoredTensors,
): ConvertedPart => ({
  place: 'audio.vocoder',
  entry: { type, weights: 'vocoder.safetensors', configuration } as Entry,
  module,
  tensors,
});

const vqModel = (tensors: StoredTensors, published: Published, resolution: number): VqModelConfiguration =>
  published ? vqganConfigurationOf(published) : inferVqModelConfiguration(tensors, { resolution });

/** The entry of a part, where the manifest has it. */
export function entryAt({ parts }: PartialModelManifest, place: Place): Entry | undefined {
  const entry = place === 'audio.vocoder' ? parts.audio?.vocoder : parts[place];
  return entry && 'weights' in entry ? entry : undefined;
}

const without = (tensors: StoredTensors, pattern: RegExp): StoredTensors =>
  new Map([...tensors].filter(([name]) => !pattern.test(name)));

const inside = (tensors: StoredTensors, prefix: string): StoredTensors =>
  new Map(
    [...tensors]
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, tensor]) => [name.slice(prefix.length), tensor]),
  );
