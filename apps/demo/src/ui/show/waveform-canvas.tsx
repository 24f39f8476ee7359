import type { Waveform } from 'visual-echoes';
import { INK } from '../palette.js';
import { theme } from '../state/theme.js';
import { blank } from './blank.js';
import { usePainting } from './use-painting.js';

/** CSS pixels from one bar to the next. */
const PITCH = 4;

/** A sound's loudness over time; a line where there is none. */
export function WaveformCanvas({ sound }: { sound: Waveform | undefined }) {
  const shade = theme.value;
  const canvas = usePainting(
    (surface) => {
      const context = blank(surface);
      const { width, height } = surface;
      const bars = Math.max(1, Math.floor(width / (PITCH * Math.min(devicePixelRatio || 1, 2))));
      const pitch = width / bars;
      context.fillStyle = INK[shade];
      peaks(sound, bars).forEach((peak, bar) => {
        const tall = Math.max(2, peak * height);
        context.fillRect(bar * pitch, (height - tall) / 2, Math.max(1, pitch * 0.55), tall);
      });
    },
    [sound, shade],
  );
  return <canvas ref={canvas} class="waveform" />;
}

/** The loudest sample of each bar, the loudest of all being 1. */
function peaks(sound: Waveform | undefined, bars: number): Float32Array {
  const loudest = new Float32Array(bars);
  const samples = sound?.channels[0];
  if (!samples) return loudest;
  // A long recording is looked at here and there, so that the page never waits for it.
  const stride = Math.max(1, Math.floor(samples.length / 40_000));
  for (let i = 0; i < samples.length; i += stride) {
    const bar = Math.floor((i / samples.length) * bars);
    loudest[bar] = Math.max(loudest[bar], Math.abs(samples[i]));
  }
  const most = Math.max(...loudest, 1e-3);
  return loudest.map((peak) => peak / most);
}
