import type { Picture } from 'visual-echoes';
import { StudioError } from '../studio/studio-error.js';
import { deviceError } from './device-error.js';
import { readPicture } from './read-picture.js';

/** A telephone's back camera; what the model takes is small. */
const CONSTRAINTS: MediaStreamConstraints = {
  video: { facingMode: { ideal: 'environment' }, width: { ideal: 640 }, height: { ideal: 480 } },
};

/**
 * Shows the camera in a video element, and takes pictures of it.
 *
 * @example
 * await camera.start(video);
 * const picture = await camera.take();
 * camera.stop();
 */
export class Camera {
  private video: HTMLVideoElement | undefined;
  private stream: MediaStream | undefined;
  /** Counts starts and stops, so that a start that waited learns that it is no longer wanted. */
  private turn = 0;

  /**
   * Asks for the camera where it must, and shows it.
   * @throws StudioError `device` where there is no camera or it may not be used, `cancelled` after `stop`.
   */
  async start(video: HTMLVideoElement): Promise<void> {
    this.stop();
    const turn = this.turn;
    if (!navigator.mediaDevices?.getUserMedia) throw deviceError('camera');
    let stream: MediaStream | undefined;
    try {
      stream = await navigator.mediaDevices.getUserMedia(CONSTRAINTS);
      if (turn !== this.turn) throw cancelled();
      this.stream = stream;
      this.video = video;
      window.addEventListener('pagehide', this.stop);
      video.muted = true;
      video.playsInline = true; // else an iPhone shows it over the whole screen
      video.srcObject = stream;
      await video.play();
      if (turn !== this.turn) throw cancelled();
    } catch (error) {
      if (stream) giveBack(stream);
      if (turn !== this.turn) throw cancelled();
      this.stop();
      throw deviceError('camera', error);
    }
  }

  /**
   * What the camera shows now.
   * @throws StudioError `device` where it shows nothing.
   */
  async take(): Promise<Picture> {
    const { video, stream } = this;
    if (!video || !stream?.active) {
      throw new StudioError('device', 'The camera is not running. Start it, and take the picture then.');
    }
    return readPicture(video);
  }

  /** Gives the camera back. */
  readonly stop = (): void => {
    this.turn++;
    window.removeEventListener('pagehide', this.stop);
    if (this.stream) giveBack(this.stream);
    if (this.video?.srcObject === this.stream && this.video) this.video.srcObject = null;
    this.stream = undefined;
    this.video = undefined;
  };
}

const cancelled = () => new StudioError('cancelled', 'The camera was closed.');

function giveBack(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}
