import type { Surface } from './use-painting.js';

/** An empty canvas of as many pixels as it is shown with. */
export function blank({ canvas, width, height }: Surface): CanvasRenderingContext2D {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const context = canvas.getContext('2d')!;
  context.clearRect(0, 0, width, height);
  return context;
}
