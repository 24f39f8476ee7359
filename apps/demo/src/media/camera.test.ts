import { afterEach, describe, expect, it, vi } from 'vitest';
import { Camera } from './camera.js';

function watchCameras(): MediaStreamTrack[] {
  const tracks: MediaStreamTrack[] = [];
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  vi.spyOn(navigator.mediaDevices, 'getUserMedia').mockImplementation(async (constraints) => {
    const stream = await ask(constraints);
    tracks.push(...stream.getTracks());
    return stream;
  });
  return tracks;
}

const states = (tracks: MediaStreamTrack[]) => tracks.map(({ readyState }) => readyState);

afterEach(() => vi.restoreAllMocks());

describe('Camera', () => {
  it('shows the camera, takes pictures of it, and gives it back', async () => {
    const tracks = watchCameras();
    const video = document.createElement('video');
    const camera = new Camera();
    await camera.start(video);
    expect(navigator.mediaDevices.getUserMedia).toHaveBeenCalledWith({
      video: expect.objectContaining({ facingMode: { ideal: 'environment' } }),
    });
    const picture = await camera.take();
    expect(Math.max(picture.width, picture.height)).toBe(512);
    expect(new Set(picture.data).size).toBeGreaterThan(2); // not of one colour
    expect(states(tracks)).toEqual(['live']);
    camera.stop();
    expect(states(tracks)).toEqual(['ended']);
    expect(video.srcObject).toBeNull();
    await expect(camera.take()).rejects.toMatchObject({
      code: 'device',
      message: expect.stringMatching(/not running/),
    });
  });

  it('gives a camera back that is allowed after stop', async () => {
    const tracks = watchCameras();
    const camera = new Camera();
    const started = camera.start(document.createElement('video'));
    camera.stop();
    await expect(started).rejects.toMatchObject({ name: 'StudioError', code: 'cancelled' });
    expect(states(tracks)).toEqual(['ended']);
  });

  it('gives the one before back when it is started again', async () => {
    const tracks = watchCameras();
    const camera = new Camera();
    const [before, after] = [document.createElement('video'), document.createElement('video')];
    await camera.start(before);
    await camera.start(after);
    expect(states(tracks)).toEqual(['ended', 'live']);
    expect(before.srcObject).toBeNull();
    camera.stop();
  });

  it('gives it back when the page is left', async () => {
    const tracks = watchCameras();
    await new Camera().start(document.createElement('video'));
    window.dispatchEvent(new Event('pagehide'));
    expect(states(tracks)).toEqual(['ended']);
  });

  it.each([
    ['NotAllowedError', /camera is not allowed/],
    ['NotFoundError', /No camera was found/],
    ['NotReadableError', /another program/],
  ])('says what to do about a %s', async (name, message) => {
    vi.spyOn(navigator.mediaDevices, 'getUserMedia').mockRejectedValue(new DOMException('', name));
    await expect(new Camera().start(document.createElement('video'))).rejects.toMatchObject({
      name: 'StudioError',
      code: 'device',
      message: expect.stringMatching(message),
    });
  });
});
