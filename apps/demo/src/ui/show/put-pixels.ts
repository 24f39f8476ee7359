import type { Ramp } from '../palette.js';

/** Makes a canvas of `columns` × `rows` pixels, that of each place the `ramp`'s colour of `value` 0..255 there. */
export function putPixels(
  canvas: HTMLCanvasElement,
  columns: number,
  rows: number,
  ramp: Ramp,
  value: (row: number, column: number) => number,
): void {
  const pixels = new ImageData(columns, rows);
  const words = new Uint32Array(pixels.data.buffer);
  const colors = new Uint32Array(ramp.buffer);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++)
      words[row * columns + column] = colors[value(row, column)];
  }
  putImage(canvas, pixels);
}

/** Makes a canvas of an image's pixels. */
export function putImage(canvas: HTMLCanvasElement, image: ImageData): void {
  canvas.width = image.width;
  canvas.height = image.height;
  canvas.getContext('2d')!.putImageData(image, 0, 0);
}

/** Nothing to see. */
export function putNothing(canvas: HTMLCanvasElement): void {
  canvas.width = canvas.height = 1;
}
