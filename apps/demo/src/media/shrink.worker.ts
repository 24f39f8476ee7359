import { answerOnce } from './answer-once.js';

answerOnce(
  ({ file, size }: { file: Blob; size: ImageBitmapOptions }) => createImageBitmap(file, size),
  (bitmap) => [bitmap],
);
