/**
 * Turns media into grids of tokens and back. Tokens are row-major, whole numbers from 0 to `vocabulary` − 1,
 * `grid[0] · grid[1]` of them a piece.
 */
export interface Tokenizer<Media> {
  readonly grid: readonly [rows: number, columns: number];
  readonly vocabulary: number;
  /** @throws InvalidInputError, ShapeError where a piece is not what the tokenizer was made for. */
  encode(media: readonly Media[], options?: { signal?: AbortSignal }): Promise<Int32Array[]>;
  decode(tokens: readonly Int32Array[], options?: { signal?: AbortSignal }): Promise<Media[]>;
  /** Frees the weights. */
  dispose(): void;
}
