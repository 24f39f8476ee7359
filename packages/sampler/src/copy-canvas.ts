import type { Canvas } from '@visual-echoes/core';

/** A canvas with token arrays of its own. */
export function copyCanvas(canvas: Canvas): Canvas {
  return Object.fromEntries(Object.entries(canvas).map(([name, tokens]) => [name, tokens.slice()]));
}
