/** Of the visible part; one that varies more has a page and ink of its own. On a scale of 0..1. */
const OWN_CONTRAST = 0.08;

/**
 * Puts a picture with transparent parts on white or black, [pixels × (channels + alpha)] → [pixels × channels]: a
 * drawing on the one that contrasts with it, so that it can be seen; a photograph with transparent edges (more than
 * half of it is visible, and in different shades) on the one that is nearer to its own page; nothing at all on white.
 */
export function flattenAlpha(data: Uint8Array, channels: 1 | 3): Uint8Array {
  const stride = channels + 1;
  const pixels = data.length / stride;
  const brightness = (at: number) =>
    (channels === 1 ? data[at] : 0.299 * data[at] + 0.587 * data[at + 1] + 0.114 * data[at + 2]) / 255;
  let visible = 0;
  let sum = 0;
  let squares = 0;
  for (let at = 0; at < data.length; at += stride) {
    const alpha = data[at + channels] / 255;
    const value = brightness(at);
    visible += alpha;
    sum += alpha * value;
    squares += alpha * value * value;
  }
  const mean = visible > 0 ? sum / visible : 0;
  const deviation = visible > 0 ? Math.sqrt(Math.max(0, squares / visible - mean * mean)) : 0;
  const hasOwnPage = visible > pixels / 2 && deviation > OWN_CONTRAST;
  const background = mean > 0.5 === hasOwnPage ? 255 : 0;
  const flat = new Uint8Array(pixels * channels);
  for (let i = 0; i < pixels; i++) {
    const alpha = data[i * stride + channels] / 255;
    for (let c = 0; c < channels; c++) {
      flat[i * channels + c] = Math.round(alpha * data[i * stride + c] + (1 - alpha) * background);
    }
  }
  return flat;
}
