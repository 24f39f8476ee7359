import type { Picture } from 'visual-echoes';
import type { Mark, Point } from './sketch.js';

/** The side of the picture that the model is given: four times its own, so that its preprocessing has something to average. */
const SIDE = 112;

/** What is drawn, as a grey picture, light on dark; undefined for an empty sheet. */
export function sketchPicture(marks: readonly Mark[]): Picture | undefined {
  const [first] = marks;
  if (!first) return undefined;
  if (marks.length === 1 && (first.kind === 'photo' || first.kind === 'ink')) return first.picture;
  const canvas = new OffscreenCanvas(SIDE, SIDE);
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  paintSketch(context, marks, '#fff');
  const { data } = context.getImageData(0, 0, SIDE, SIDE);
  const grey = new Uint8Array(SIDE * SIDE);
  for (let i = 0; i < grey.length; i++) grey[i] = data[4 * i + 3];
  return { width: SIDE, height: SIDE, channels: 1, data: grey };
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

/** Grey becomes ink of that much cover, where there is an ink; else the picture is shown as it is. */
function paintPicture(context: Context, picture: Picture, ink: string | undefined): void {
  const { width, height, channels, data } = picture;
  const small = new OffscreenCanvas(width, height);
  const paint = small.getContext('2d')!;
  const pixels = paint.createImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    for (let channel = 0; channel < 3; channel++) {
      pixels.data[4 * i + channel] = ink ? 0 : data[i * channels + (channels === 3 ? channel : 0)];
    }
    pixels.data[4 * i + 3] = ink ? data[i * channels] : 255;
  }
  paint.putImageData(pixels, 0, 0);
  if (ink) {
    paint.globalCompositeOperation = 'source-in';
    paint.fillStyle = ink;
    paint.fillRect(0, 0, width, height);
  }
  const side = context.canvas.width;
  const scale = side / Math.max(width, height);
  context.imageSmoothingQuality = 'high';
  context.drawImage(
    small,
    (side - width * scale) / 2,
    (side - height * scale) / 2,
    width * scale,
    height * scale,
  );
}
