import type { ClipTokens } from '../dataset/clip-tokens.js';
import type { PreparedClip } from './make-clip.js';
import type { Tokenizers } from './tokenizers.js';

/** Clips that are tokenized together. */
const CLIPS = 8;

/** Prepared clips → their rows in a dataset of tokens, some clips at a time. @throws CancelledError. */
export async function* tokenizeClips(
  clips: AsyncIterable<PreparedClip>,
  tokenizers: Tokenizers,
  signal: AbortSignal,
): AsyncGenerator<ClipTokens> {
  let batch: PreparedClip[] = [];
  for await (const clip of clips) {
    batch.push(clip);
    if (batch.length < CLIPS) continue;
    yield* await tokenize(batch, tokenizers, signal);
    batch = [];
  }
  if (batch.length > 0) yield* await tokenize(batch, tokenizers, signal);
}

async function tokenize(
  clips: readonly PreparedClip[],
  { image, audio }: Tokenizers,
  signal: AbortSignal,
): Promise<ClipTokens[]> {
  const pictures = await image.encode(
    clips.flatMap(({ pictures }) => pictures),
    { signal },
  );
  const sounds = await audio.encode(
    clips.map(({ mel }) => mel),
    { signal },
  );
  let at = 0;
  return clips.map(({ id, label, split, pictures: own }, i) => {
    const frames = pictures.slice(at, at + own.length);
    at += own.length;
    return { id, label, split, frames, audio: sounds[i] };
  });
}
