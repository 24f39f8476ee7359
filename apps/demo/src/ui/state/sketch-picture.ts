import type { Picture } from 'visual-echoes';
import { pictureToImageData } from '../../media/picture-to-image-data.js';
import { rgbPicture } from '../../media/rgb-picture.js';
import type { AboutModel } from '../models/about-model.js';
import { INK } from '../palette.js';
import type { Mark, Point } from './sketch.js';

/** The side to which a small picture is grown. */
const INK_SIDE = 280;

/** What is drawn, as the model is given it; undefined for an empty sheet. */
export function sketchPicture(
  marks: readonly Mark[],
  { kind, side }: AboutModel['sheet'],
): Picture | undefined {
  const [first] = marks;
  if (!first) return undefined;
  if (marks.length === 1 && (first.kind === 'photo' || first.kind === 'ink')) return first.picture;
  const canvas = new OffscreenCanvas(side, side);
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  paintSketch(context, marks, INK.light);
  if (kind === 'ink') return coverOf(context.getImageData(0, 0, side, side));
  context.globalCompositeOperation = 'destination-over';
  context.fillStyle = '#fff';
  context.fillRect(0, 0, side, side);
  return rgbPicture(context.getImageData(0, 0, side, side));
}

/** How much ink there is, light on dark. */
function coverOf({ width, height, data }: ImageData): Picture {
  const grey = new Uint8Array(width * height);
  for (let i = 0; i < grey.length; i++) grey[i] = data[4 * i + 3];
  return { width, height, channels: 1, data: grey };
}

type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/** Paints a whole sheet anew. */
export function paintSketch(context: Context, marks: readonly Mark[], ink: string): void {
  const { width, height } = context.canvas;
  context.clearRect(0, 0, width, height);
  for (const mark of marks) {
    if (mark.kind === 'stroke') paintStroke(context, mark.points, ink);
    else if (mark.kind !== 'clear')
      paintPicture(context, mark.picture, mark.kind === 'ink' ? ink : undefined);
  }
}

/** Paints a stroke from its point `from` on. */
export function paintStroke(context: Context, points: readonly Point[], ink: string, from = 0): void {
  const { width: side } = context.canvas;
  context.strokeStyle = context.fillStyle = ink;
  context.lineCap = context.lineJoin = 'round';
  for (let i = from; i < points.length; i++) {
    const [x, y, width] = points[i];
    const [x0, y0] = points[Math.max(0, i - 1)];
    context.beginPath();
    context.lineWidth = width * side;
    context.moveTo(x0 * side, y0 * side);
    context.lineTo(x * side, y * side + (i === 0 ? 0.01 : 0)); // a dot too has a length
    context.stroke();
  }
}

/** Grey becomes ink, where there is an ink; else the picture is shown as it is. */
function paintPicture(context: Context, picture: Picture, ink: string | undefined): void {
  const side = context.canvas.width;
  const scale = side / Math.max(picture.width, picture.height);
  const [width, height] = [picture.width * scale, picture.height * scale];
  context.imageSmoothingQuality = 'high';
  const sheet = ink ? inkSheet(picture, ink) : photoSheet(picture);
  context.drawImage(sheet, (side - width) / 2, (side - height) / 2, width, height);
}

function photoSheet(picture: Picture): OffscreenCanvas {
  const sheet = new OffscreenCanvas(picture.width, picture.height);
  sheet.getContext('2d')!.putImageData(pictureToImageData(picture), 0, 0);
  return sheet;
}

/** A small picture grown, its edges made clear again, so that it looks drawn. */
function inkSheet({ width, height, channels, data }: Picture, ink: string): OffscreenCanvas {
  const small = new OffscreenCanvas(width, height);
  const covers = new ImageData(width, height);
  for (let i = 0; i < width * height; i++) covers.data[4 * i + 3] = data[i * channels];
  small.getContext('2d')!.putImageData(covers, 0, 0);

  const growth = Math.max(1, Math.floor(INK_SIDE / Math.max(width, height)));
  const large = new OffscreenCanvas(width * growth, height * growth);
  const context = large.getContext('2d', { willReadFrequently: true })!;
  context.imageSmoothingQuality = 'high';
  context.drawImage(small, 0, 0, large.width, large.height);
  const grown = context.getImageData(0, 0, large.width, large.height);
  for (let i = 3; i < grown.data.length; i += 4) grown.data[i] = (grown.data[i] - 88) * 5; // clamped to 0..255
  context.putImageData(grown, 0, 0);
  context.globalCompositeOperation = 'source-in';
  context.fillStyle = ink;
  context.fillRect(0, 0, large.width, large.height);
  return large;
}
