import { afterEach, describe, expect, it, vi } from 'vitest';
import { Player } from './player.js';

const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const tone = (seconds: number, sampleRate = 8000, channels = 1) => ({
  sampleRate,
  channels: Array.from({ length: channels }, () =>
    Float32Array.from({ length: seconds * sampleRate }, (_, i) => 0.1 * Math.sin(i / 3)),
  ),
});
const ended = (player: Player) => vi.waitFor(() => expect(player.playing.value).toBe(false), 5000);

afterEach(() => vi.restoreAllMocks());

describe('Player', () => {
  it.each([
    [8000, 1],
    [44_100, 2],
  ])('plays a sound of %d Hz to its end, and follows it', async (rate, channels) => {
    const player = new Player();
    const positions: number[] = [];
    await player.play(tone(0.5, rate, channels));
    const started = performance.now();
    expect(player.playing.value).toBe(true);
    player.position.subscribe((position) => positions.push(position));
    await ended(player);
    expect(performance.now() - started).toBeGreaterThan(350);
    expect(positions.at(-1)).toBe(0);
    const shown = positions.slice(0, -1);
    expect(shown.length).toBeGreaterThan(3);
    expect(Math.max(...shown)).toBeGreaterThan(0.5);
    expect(Math.max(...shown)).toBeLessThanOrEqual(1);
    expect(shown).toEqual([...shown].sort((a, b) => a - b));
  });

  it('ends the sound before when another is played', async () => {
    const starts = vi.spyOn(AudioBufferSourceNode.prototype, 'start');
    const stops = vi.spyOn(AudioBufferSourceNode.prototype, 'stop');
    const player = new Player();
    await player.play(tone(5));
    await Promise.all([player.play(tone(5)), player.play(tone(0.2))]);
    expect(starts).toHaveBeenCalledTimes(2); // the one between had no time to begin
    expect(stops).toHaveBeenCalledTimes(1);
    expect(player.playing.value).toBe(true);
    await ended(player);
  });

  it('does not begin after it was stopped', async () => {
    const player = new Player();
    const playing = player.play(tone(1));
    player.stop();
    await playing;
    expect(player.playing.value).toBe(false);
    await wait(100);
    expect([player.playing.value, player.position.value]).toEqual([false, 0]);
  });

  it('begins again while loop is on, and ends after it is off', async () => {
    const player = new Player();
    player.loop.value = true;
    await player.play(tone(0.2));
    await wait(700);
    expect(player.playing.value).toBe(true);
    expect(player.position.value).toBeLessThanOrEqual(1);
    player.loop.value = false;
    await ended(player);
    await player.play(tone(0.2));
    player.loop.value = true;
    await wait(600);
    expect(player.playing.value).toBe(true);
    player.stop();
    expect(player.playing.value).toBe(false);
  });

  it('resamples where the browser takes no low rates', async () => {
    const Plain = AudioBuffer;
    const rates: number[] = [];
    vi.stubGlobal(
      'AudioBuffer',
      class extends Plain {
        constructor(options: AudioBufferOptions) {
          if (options.sampleRate < 22_050) throw new DOMException('', 'NotSupportedError');
          super(options);
          rates.push(options.sampleRate);
        }
      },
    );
    try {
      const player = new Player();
      await player.play(tone(0.2));
      expect(rates).toEqual([24_000]);
      await ended(player);
    } finally {
      vi.unstubAllGlobals();
    }
  });

  it('says in words what cannot be played', async () => {
    const player = new Player();
    await expect(player.play({ sampleRate: 8000, channels: [] })).rejects.toMatchObject({
      code: 'invalid-input',
    });
    await expect(player.play(tone(0))).rejects.toMatchObject({ code: 'invalid-input' });
    await expect(player.play({ ...tone(1), sampleRate: 0 })).rejects.toMatchObject({ code: 'invalid-input' });
    vi.spyOn(AudioContext.prototype, 'state', 'get').mockReturnValue('suspended');
    await expect(player.play(tone(1))).rejects.toMatchObject({
      code: 'device',
      message: expect.stringMatching(/again/),
    });
    expect(player.playing.value).toBe(false);
  });
});
