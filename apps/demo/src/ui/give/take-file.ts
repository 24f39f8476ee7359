import { readPicture } from '../../media/read-picture.js';
import { readSound } from '../../media/read-sound.js';
import { StudioError } from '../../studio/studio-error.js';
import type { Session } from '../state/session.js';

const SOUND_NAME = /\.(wav|mp3|ogg|oga|opus|flac|m4a|aac|webm)$/i;
const PICTURE_NAME = /\.(png|jpe?g|gif|webp|avif|bmp|svg|heic)$/i;

/** Gives the model a file that was opened, dropped or pasted. @throws StudioError for what is neither picture nor sound. */
export async function takeFile(session: Session, file: File, kind = kindOf(file)): Promise<void> {
  if (kind === 'picture') await session.takePicture(await readPicture(file));
  else if (kind === 'sound') await session.takeSound(await readSound(file));
  else {
    throw new StudioError(
      'invalid-input',
      `“${file.name}” is neither a picture nor a sound. Open a PNG, JPEG, WAV, MP3, Ogg or FLAC file.`,
    );
  }
}

function kindOf({ name, type }: File): 'picture' | 'sound' | undefined {
  if (type.startsWith('image/') || PICTURE_NAME.test(name)) return 'picture';
  if (/^(audio|video)\//.test(type) || SOUND_NAME.test(name)) return 'sound';
  return undefined;
}
