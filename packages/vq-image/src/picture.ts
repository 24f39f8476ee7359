/** A picture in memory: row-major, channels last, 0..255. */
export interface Picture {
  width: number;
  height: number;
  /** 1 is grey, 3 is red, green, blue. */
  channels: 1 | 3;
  /** `[height · width · channels]`. */
  data: Uint8Array;
}
