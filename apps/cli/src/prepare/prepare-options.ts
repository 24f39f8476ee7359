import type { BackendName } from 'visual-echoes/node';
import type { SourceKind } from './listing.js';

/** The options of `visual-echoes prepare`. */
export interface PrepareOptions {
  out: string;
  kind?: SourceKind;
  clips?: string;
  frames: number;
  picture?: number;
  augment: number;
  variants: number;
  augmentation?: string;
  duration?: number;
  encoding: 'jpeg' | 'png';
  seed: number;
  shard: number;
  model?: string;
  imageTokenizer?: string;
  audioTokenizer?: string;
  backend?: BackendName;
  json?: boolean;
}
