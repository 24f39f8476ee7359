import { Random } from '@visual-echoes/core';
import { resample, type Waveform } from '@visual-echoes/vq-audio';
import type { Picture } from '@visual-echoes/vq-image';

const PAGE = { width: 640, height: 480 };
const NOISE = 0.028; // of full light, from end to end: a standard deviation of 2 in 255
const EDGE = 8; // pixels of the page that stay free around the digit

/**
 * A picture of MNIST as people photograph one: dark on a light page of 640×480, 3 to 20 times the size, off centre,
 * with a soft shadow across and a little sensor noise.
 */
export function degradePicture({ width, height, data }: Picture, seed: number): Picture {
  const random = new Random(seed).fork('picture');
  const box = inkBox(width, height, data);
  const zoom = random.uniform(3, 20);
  const place = (from: number, to: number, limit: number) => {
    const least = EDGE - from * zoom;
    const most = limit - EDGE - to * zoom;
    return least < most ? random.uniform(least, most) : (least + most) / 2;
  };
  const left = place(box.left, box.right, PAGE.width);
  const top = place(box.top, box.bottom, PAGE.height);
  const shadow = softShadow(random);
  const paper = random.uniform(0.8, 1);
  const density = random.uniform(0.75, 0.95);
  const tint = [1, random.uniform(0.95, 1), random.uniform(0.88, 1)];

  const at = (x: number, y: number) =>
    x >= 0 && y >= 0 && x < width && y < height ? data[y * width + x] / 255 : 0;
  const page = new Uint8Array(PAGE.width * PAGE.height * 3);
  for (let y = 0, to = 0; y < PAGE.height; y++) {
    const v = (y + 0.5 - top) / zoom - 0.5;
    const y0 = Math.floor(v);
    for (let x = 0; x < PAGE.width; x++) {
      const u = (x + 0.5 - left) / zoom - 0.5;
      const x0 = Math.floor(u);
      const upper = at(x0, y0) * (x0 + 1 - u) + at(x0 + 1, y0) * (u - x0);
      const lower = at(x0, y0 + 1) * (x0 + 1 - u) + at(x0 + 1, y0 + 1) * (u - x0);
      const ink = upper * (y0 + 1 - v) + lower * (v - y0);
      const light = paper * shadow(x, y) * (1 - density * ink);
      const noise = NOISE * (random.bits() / 2 ** 32 - 0.5);
      for (let c = 0; c < 3; c++) {
        page[to++] = Math.round(255 * Math.min(1, Math.max(0, light * tint[c] + noise)));
      }
    }
  }
  return { ...PAGE, channels: 3, data: page };
}

/** Light 0..1 over the page: a half plane that is darker, with a broad edge. */
function softShadow(random: Random): (x: number, y: number) => number {
  const angle = random.uniform(0, 2 * Math.PI);
  const depth = random.uniform(0.2, 0.55);
  const softness = random.uniform(30, 120);
  const offset = random.uniform(-150, 150);
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  return (x, y) => {
    const distance = (x - PAGE.width / 2) * cos + (y - PAGE.height / 2) * sin - offset;
    return 1 - depth / (1 + Math.exp((-4 * distance) / softness));
  };
}

function inkBox(width: number, height: number, data: Uint8Array) {
  const box = { left: width, top: height, right: 0, bottom: 0 };
  for (let i = 0; i < data.length; i++) {
    if (data[i] === 0) continue;
    const x = i % width;
    const y = Math.floor(i / width);
    box.left = Math.min(box.left, x);
    box.right = Math.max(box.right, x + 1);
    box.top = Math.min(box.top, y);
    box.bottom = Math.max(box.bottom, y + 1);
  }
  return box;
}

const RATE = 44_100;
const NOISE_DECIBELS = -30;

/**
 * A recording as people make one: 44.1 kHz, stereo, with a second of room noise before and after, which
 * goes on beneath the speech 30 dB down.
 */
export async function degradeSound({ sampleRate, channels }: Waveform, seed: number): Promise<Waveform> {
  const random = new Random(seed).fork('sound');
  const speech = await resample(channels[0], sampleRate, RATE);
  const level = Math.sqrt(speech.reduce((sum, x) => sum + x * x, 0) / speech.length);
  const noiseLevel = level * 10 ** (NOISE_DECIBELS / 20);
  const balance = random.uniform(0.8, 1.25);
  return {
    sampleRate: RATE,
    channels: [1, balance].map((gain) => {
      const channel = roomNoise(speech.length + 2 * RATE, noiseLevel, random);
      for (let i = 0; i < speech.length; i++) channel[RATE + i] += gain * speech[i];
      return channel;
    }),
  };
}

/** Noise whose power falls with frequency, as a room's does, at an RMS of `level`. */
function roomNoise(length: number, level: number, random: Random): Float32Array {
  const noise = new Float32Array(length);
  let low = 0;
  let power = 0;
  for (let i = 0; i < length; i++) {
    const white = random.normal();
    low += 0.05 * (white - low); // one pole at about 350 Hz
    noise[i] = low + 0.1 * white;
    power += noise[i] ** 2;
  }
  const gain = level / Math.sqrt(power / length);
  return noise.map((x) => x * gain);
}
