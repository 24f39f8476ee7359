import { execFileSync } from 'node:child_process';
import { ffmpegProgram } from './run-ffmpeg.js';

/** Whether videos can be made and read here; where not, a line says what is not tested. */
export const hasFfmpeg = (() => {
  try {
    execFileSync(ffmpegProgram(), ['-version'], { stdio: 'ignore' });
    return true;
  } catch {
    console.log('Videos are not tested: there is no ffmpeg here (VISUAL_ECHOES_FFMPEG names one).');
    return false;
  }
})();

/** Grey levels between two frames of a made video. */
const STEP = 6;

/** Makes a small video whose frame n is of the grey `16 + 6 n` (as video has it: 16 is black), with a tone. */
export function makeVideo(
  path: string,
  {
    seconds = 2,
    rate = 10,
    size = '64x48',
    sound = seconds,
    filter = 'null',
    options = [],
  }: {
    seconds?: number;
    rate?: number;
    size?: string;
    /** Seconds; 0 for none. */
    sound?: number;
    /** Changes the pictures. */
    filter?: string;
    options?: readonly string[];
  } = {},
): void {
  const frames = `nullsrc=s=${size}:r=${rate}:d=${seconds},geq=lum='16+${STEP}*N':cb=128:cr=128,format=yuv420p,${filter}`;
  const tone = ['-f', 'lavfi', '-i', `sine=f=440:d=${sound}:r=22050`, '-c:a', 'aac', '-b:a', '48k'];
  execFileSync(
    ffmpegProgram(),
    [
      ...['-v', 'error', '-nostdin', '-y', '-f', 'lavfi', '-i', frames],
      ...(sound > 0 ? tone.slice(0, 4) : []),
      ...['-c:v', 'libx264', '-preset', 'ultrafast', '-qp', '0'],
      ...(sound > 0 ? tone.slice(4) : []),
      ...['-movflags', '+faststart', ...options, path],
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
}

/** Which frame of such a video a picture shows. */
export const frameNumber = ({ data }: { data: Uint8Array }) => Math.round(((data[0] / 255) * 219) / STEP);
