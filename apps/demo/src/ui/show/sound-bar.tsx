import type { Waveform } from 'visual-echoes';
import { Icon } from '../chrome/icon.js';
import { useSession } from '../state/session-context.js';
import { Playhead } from './playhead.js';
import { WaveformCanvas } from './waveform-canvas.js';

/** A sound: play, its waveform, loop. */
export function SoundBar({ sound, name }: { sound: Waveform | undefined; name: string }) {
  const session = useSession();
  const isPlaying = sound !== undefined && session.isPlaying(sound);
  const { loop } = session.player;
  return (
    <div class="sound-bar">
      <button
        type="button"
        class="round"
        aria-label={`${isPlaying ? 'Stop' : 'Play'} ${name}`}
        data-testid="play"
        disabled={!sound}
        onClick={() => sound && session.toggle(sound)}
      >
        <Icon name={isPlaying ? 'stop' : 'play'} />
      </button>
      <span class="wave" aria-hidden="true">
        <WaveformCanvas sound={sound} />
        <Playhead sound={sound} />
      </span>
      <button
        type="button"
        class="quiet icon-only"
        aria-pressed={loop.value}
        aria-label="Loop"
        title="Loop"
        data-testid="loop"
        disabled={!sound}
        onClick={() => {
          loop.value = !loop.value;
        }}
      >
        <Icon name="loop" />
      </button>
    </div>
  );
}
