import { afterEach, describe, expect, it, vi } from 'vitest';
import { StudioError } from '../studio/studio-error.js';
import { Recorder } from './recorder.js';

const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Gathers the microphones that are handed out, so that one sees whether they were given back. */
function watchMicrophones(): MediaStreamTrack[] {
  const tracks: MediaStreamTrack[] = [];
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  vi.spyOn(navigator.mediaDevices, 'getUserMedia').mockImplementation(async (constraints) => {
    const stream = await ask(constraints);
    tracks.push(...stream.getTracks());
    return stream;
  });
  return tracks;
}

const expectReturned = (tracks: MediaStreamTrack[], count = 1) =>
  expect(tracks.map(({ readyState }) => readyState)).toEqual(Array(count).fill('ended'));

/** A microphone that hears what it is given. */
function microphoneOf(gain: number): MediaStream {
  const context = new AudioContext();
  const target = context.createMediaStreamDestination();
  const source = new OscillatorNode(context, { frequency: 440 });
  source.connect(new GainNode(context, { gain })).connect(target);
  source.start();
  return target.stream;
}

const refuseBy = (name: string) =>
  vi.spyOn(navigator.mediaDevices, 'getUserMedia').mockRejectedValue(new DOMException('', name));

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

describe('Recorder', () => {
  it('records the microphone, shows how loud and how long, and gives it back', async () => {
    const tracks = watchMicrophones();
    const recorder = new Recorder();
    const states: string[] = [];
    let loudest = 0;
    recorder.state.subscribe((state) => states.push(state));
    recorder.level.subscribe((level) => {
      loudest = Math.max(loudest, level);
    });
    await recorder.start();
    await wait(2500); // the false microphone beeps once a second
    expect(recorder.seconds.value).toBeGreaterThan(1);
    expect(tracks[0].readyState).toBe('live');
    const sound = await recorder.stop();
    expectReturned(tracks);
    expect(states).toEqual(['idle', 'asking', 'recording', 'idle']);
    expect(loudest).toBeGreaterThan(0.3);
    expect(loudest).toBeLessThanOrEqual(1);
    expect(recorder.level.value).toBe(0);
    expect(sound.channels).toHaveLength(1);
    const seconds = sound.channels[0].length / sound.sampleRate;
    expect(seconds).toBeGreaterThan(1);
    expect(seconds).toBeLessThan(3.5);
    expect(recorder.seconds.value).toBeCloseTo(seconds, 1);
  });

  it('ends by itself at its limit, says so, and gives the recording then', async () => {
    const tracks = watchMicrophones();
    const onEnd = vi.fn();
    const recorder = new Recorder({ limit: 1.5, onEnd });
    await recorder.start();
    await vi.waitFor(() => expect(recorder.state.value).toBe('idle'), 5000);
    expect(onEnd).toHaveBeenCalledTimes(1);
    expectReturned(tracks);
    expect(recorder.seconds.value).toBe(1.5);
    const { channels, sampleRate } = await recorder.stop();
    expect(channels[0]).toHaveLength(1.5 * sampleRate);
    await expect(recorder.stop()).rejects.toThrow(/Nothing was recorded/);
  });

  it('records again after each end', async () => {
    const tracks = watchMicrophones();
    const recorder = new Recorder();
    await recorder.start();
    recorder.cancel();
    await recorder.start();
    await wait(1500);
    const first = await recorder.stop();
    await recorder.start();
    await recorder.start(); // as well as nothing
    expect(recorder.seconds.value).toBeLessThan(1);
    await wait(1200);
    const second = await recorder.stop();
    expect(second.channels[0]).not.toBe(first.channels[0]);
    expectReturned(tracks, 3);
  });

  it('forgets all when it is cancelled', async () => {
    const tracks = watchMicrophones();
    const onEnd = vi.fn();
    const recorder = new Recorder({ onEnd });
    await recorder.start();
    await wait(300);
    recorder.cancel();
    expectReturned(tracks);
    expect([recorder.state.value, recorder.level.value, recorder.seconds.value]).toEqual(['idle', 0, 0]);
    await wait(300);
    expect(recorder.seconds.value).toBe(0);
    await expect(recorder.stop()).rejects.toThrow(/Nothing was recorded/);
    expect(onEnd).not.toHaveBeenCalled();
  });

  it.each(['cancel', 'stop'] as const)('gives a microphone back that is allowed after %s', async (end) => {
    const tracks = watchMicrophones();
    const recorder = new Recorder();
    const started = recorder.start();
    expect(recorder.state.value).toBe('asking');
    const refusal = expect(started).rejects.toMatchObject({ name: 'StudioError', code: 'cancelled' });
    if (end === 'stop') await expect(recorder.stop()).rejects.toMatchObject({ code: 'cancelled' });
    else recorder.cancel();
    await refusal;
    expectReturned(tracks);
    expect(recorder.state.value).toBe('idle');
  });

  it('lets a new start overtake one that was cancelled', async () => {
    const tracks = watchMicrophones();
    const recorder = new Recorder();
    const first = recorder.start();
    recorder.cancel();
    const second = recorder.start();
    await expect(first).rejects.toMatchObject({ code: 'cancelled' });
    await second;
    expect(recorder.state.value).toBe('recording');
    recorder.cancel();
    expectReturned(tracks, 2);
  });

  it('ends when the microphone is pulled out, with what was heard until then', async () => {
    const tracks = watchMicrophones();
    const onEnd = vi.fn();
    const recorder = new Recorder({ onEnd });
    await recorder.start();
    await wait(1500);
    tracks[0].dispatchEvent(new Event('ended'));
    await vi.waitFor(() => expect(recorder.state.value).toBe('idle'));
    expect(onEnd).toHaveBeenCalled();
    expectReturned(tracks);
    expect((await recorder.stop()).channels[0].length).toBeGreaterThan(20_000);
  });

  it('gives the microphone back when the page is hidden for long, and not when for a moment', async () => {
    const tracks = watchMicrophones();
    const recorder = new Recorder();
    await recorder.start();
    const hidden = vi.spyOn(document, 'hidden', 'get');
    const change = (value: boolean) => {
      hidden.mockReturnValue(value);
      document.dispatchEvent(new Event('visibilitychange'));
    };
    change(true);
    await wait(500);
    change(false);
    await wait(3000);
    expect(recorder.state.value).toBe('recording');
    change(true);
    await vi.waitFor(() => expect(recorder.state.value).toBe('idle'), 5000);
    expectReturned(tracks);
  });

  it('gives the microphone back when the page is left', async () => {
    const tracks = watchMicrophones();
    const recorder = new Recorder();
    await recorder.start();
    window.dispatchEvent(new Event('pagehide'));
    expectReturned(tracks);
    await vi.waitFor(() => expect(recorder.state.value).toBe('idle'));
  });

  it.each([
    ['NotAllowedError', /not allowed.*Allow it for this page/],
    ['NotFoundError', /No microphone was found.*Connect one/],
    ['NotReadableError', /another program.*Close that/],
    ['OtherError', /cannot be used/],
  ])('says what to do about a %s', async (name, message) => {
    refuseBy(name);
    const recorder = new Recorder();
    const refusal = recorder.start();
    await expect(refusal).rejects.toBeInstanceOf(StudioError);
    await expect(refusal).rejects.toMatchObject({ code: 'device', message: expect.stringMatching(message) });
    expect(recorder.state.value).toBe('idle');
  });

  it('says what to do on an insecure page', async () => {
    vi.spyOn(navigator, 'mediaDevices', 'get').mockReturnValue(undefined as never);
    await expect(new Recorder().start()).rejects.toMatchObject({
      code: 'device',
      message: expect.stringMatching(/secure pages only.*https/),
    });
  });

  it('gives the microphone back where the rest fails', async () => {
    const tracks = watchMicrophones();
    vi.stubGlobal(
      'AudioWorkletNode',
      class {
        constructor() {
          throw new Error('no node');
        }
      },
    );
    await expect(new Recorder().start()).rejects.toMatchObject({ message: expect.stringMatching(/no node/) });
    expectReturned(tracks);
  });

  it('says that it heard only silence', async () => {
    vi.spyOn(navigator.mediaDevices, 'getUserMedia').mockResolvedValue(microphoneOf(1e-5));
    const recorder = new Recorder();
    await recorder.start();
    await wait(500);
    await expect(recorder.stop()).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringMatching(/silence.*microphone is switched on/),
    });
    expect(recorder.state.value).toBe('idle');
  });

  it('says that nothing was recorded where no sample came', async () => {
    vi.spyOn(navigator.mediaDevices, 'getUserMedia').mockResolvedValue(microphoneOf(0.5));
    const recorder = new Recorder();
    await recorder.start();
    window.dispatchEvent(new Event('pagehide')); // before the first block
    await expect(recorder.stop()).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringMatching(/no sound in it/),
    });
  });
});
