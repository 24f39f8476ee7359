import type { Random } from '@visual-echoes/core';
import { mirrorPicture, type Picture } from '@visual-echoes/vq-image';
import sharp, { type Sharp } from 'sharp';
import { type Box, randomBox } from './random-box.js';

/** The form of a dataset's pictures. */
export type PictureForm = Omit<Picture, 'data'>;

/**
 * A frame → the dataset's form, as ImageNet's evaluation has it: resized until the wanted size is covered (of a square,
 * the short side), by bicubic interpolation over each new pixel's area, and cut out of the middle.
 */
export async function fitPicture(picture: Picture, form: PictureForm): Promise<Picture> {
  const { width, height } = form;
  return toForm(
    middle(picture).resize({ width, height, fit: 'cover', position: 'centre', kernel: 'cubic' }),
    form,
  );
}

/** A line of pixels would become a sheet of millions before it is cut. */
const NARROWEST = 8;

function middle(picture: Picture): Sharp {
  const { width, height } = picture;
  const [w, h] = [Math.min(width, NARROWEST * height), Math.min(height, NARROWEST * width)];
  if (w === width && h === height) return raw(picture);
  return raw(picture).extract({ left: (width - w) >> 1, top: (height - h) >> 1, width: w, height: h });
}

/**
 * A frame → an augmented variant, as MAGE augments (`main_pretrain.py`): torchvision's `RandomResizedCrop` of 0.2 to 1 of
 * its area, by bicubic interpolation, and mirrored every second time.
 */
export async function augmentPicture(picture: Picture, form: PictureForm, random: Random): Promise<Picture> {
  const box = randomBox(picture, random);
  const isMirrored = random.uniform() < 0.5;
  const cut = await cropPicture(picture, box, form);
  return isMirrored ? mirrorPicture(cut) : cut;
}

/** A box of a picture, resized to a form by bicubic interpolation, whatever its sides. */
export function cropPicture(picture: Picture, box: Box, form: PictureForm): Promise<Picture> {
  const { width, height } = form;
  return toForm(raw(picture).extract(box).resize({ width, height, fit: 'fill', kernel: 'cubic' }), form);
}

const raw = ({ width, height, channels, data }: Picture) =>
  sharp(data, { raw: { width, height, channels } }).toColourspace(channels === 1 ? 'b-w' : 'srgb');

async function toForm(image: Sharp, { channels }: PictureForm): Promise<Picture> {
  const { data, info } = await image.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  const made = { width: info.width, height: info.height, channels };
  const pixels = info.width * info.height;
  if (info.channels === channels) return { ...made, data };
  const converted = new Uint8Array(pixels * channels);
  for (let i = 0; i < pixels; i++) {
    if (channels === 3) converted.fill(data[i], 3 * i, 3 * i + 3);
    // luma, ITU-R BT.601
    else converted[i] = Math.round(0.299 * data[3 * i] + 0.587 * data[3 * i + 1] + 0.114 * data[3 * i + 2]);
  }
  return { ...made, data: converted };
}
