import { MelCanvas } from '../show/mel-canvas.js';
import { Playhead } from '../show/playhead.js';
import { useSession } from '../state/session-context.js';
import { useRubbing } from './use-rubbing.js';

/** A sound out of which columns of its token grid are rubbed. */
export function SpanEraser() {
  const session = useSession();
  const { damage } = session.given;
  const [, columns] = session.given.grid('audio');
  const rubbed = damage.columns.value;
  const seconds = (session.model.value?.sound.duration ?? 1) / columns;
  const rubbing = useRubbing(rubbed, (next) => {
    damage.columns.value = next;
  });
  return (
    <div class="over sheet span">
      <MelCanvas mel={damage.sound.value?.mel} name="Mel spectrogram of the sound to repair" />
      <fieldset
        class="cells"
        aria-label="Parts of the sound, pressed where rubbed out"
        data-testid="columns"
        style={{ '--columns': columns, '--rows': 1 }}
        {...rubbing}
      >
        {Array.from({ length: columns }, (_, at) => (
          <button
            key={at}
            type="button"
            data-at={at}
            aria-pressed={rubbed.has(at)}
            aria-label={`From ${(at * seconds).toFixed(2)} to ${((at + 1) * seconds).toFixed(2)} seconds`}
          />
        ))}
      </fieldset>
      <Playhead sound={damage.sound.value?.sound} />
    </div>
  );
}
