import { INK, tokenColor } from '../palette.js';
import { theme } from '../state/theme.js';
import { blank } from './blank.js';
import { usePainting } from './use-painting.js';

export interface TokenGridProps {
  /** For screen readers. */
  name: string;
  /** Row-major, −1 where one is unknown; nothing at all is known of a field that is left out. */
  tokens: Int32Array | undefined;
  grid: readonly [rows: number, columns: number];
  /** Positions to point out. */
  fixed?: Int32Array | undefined;
  /** The last row first, for frequencies. */
  isUpsideDown?: boolean;
}

/** A field's tokens: a dot where one is unknown, a square of the token's colour where it is known, a ring where it is new. */
export function TokenGrid({
  name,
  tokens,
  grid: [rows, columns],
  fixed,
  isUpsideDown = false,
}: TokenGridProps) {
  const shade = theme.value;
  const canvas = usePainting(
    (surface) => {
      const context = blank(surface);
      const { width, height } = surface;
      const ink = INK[shade];
      const fresh = new Set(fixed);
      const [w, h] = [width / columns, height / rows];
      const radius = Math.min(w, h) * 0.14;
      for (let at = 0; at < rows * columns; at++) {
        const row = Math.floor(at / columns);
        const left = (at % columns) * w;
        const top = (isUpsideDown ? rows - 1 - row : row) * h;
        const token = tokens?.[at] ?? -1;
        context.beginPath();
        if (token < 0) {
          context.fillStyle = ink;
          context.globalAlpha = 0.28;
          context.arc(left + w / 2, top + h / 2, Math.min(w, h) * 0.07, 0, 2 * Math.PI);
          context.fill();
          context.globalAlpha = 1;
          continue;
        }
        const inset = Math.max(1, w * 0.05);
        context.fillStyle = tokenColor(token, shade);
        context.roundRect(left + inset, top + inset, w - 2 * inset, h - 2 * inset, radius);
        context.fill();
        if (!fresh.has(at)) continue;
        context.strokeStyle = ink;
        context.lineWidth = Math.max(1, w * 0.09);
        context.stroke();
      }
    },
    [tokens, fixed, rows, columns, shade, isUpsideDown],
  );
  const known = tokens?.reduce((count, token) => count + (token >= 0 ? 1 : 0), 0) ?? 0;
  return (
    <canvas
      ref={canvas}
      class="square tokens"
      role="img"
      aria-label={`${name}: ${known} of ${rows * columns} known`}
    />
  );
}
