import { MelCanvas } from '../show/mel-canvas.js';
import { Playhead } from '../show/playhead.js';
import { useSession } from '../state/session-context.js';
import { columnsOf, spansOf, spanWidth } from '../state/spans.js';
import { useRubbing } from './use-rubbing.js';

/** A sound out of which columns of its token grid are rubbed, some of them at a time where they are many. */
export function SpanEraser() {
  const session = useSession();
  const { damage } = session.given;
  const [, columns] = session.given.grid('audio');
  const width = spanWidth(columns);
  const spans = Math.ceil(columns / width);
  const rubbed = spansOf(damage.columns.value, width);
  const duration = session.model.value?.sound.duration ?? 1;
  const second = (span: number) => ((Math.min(span * width, columns) / columns) * duration).toFixed(2);
  const rubbing = useRubbing(rubbed, (next) => {
    damage.columns.value = columnsOf(next, width, columns);
  });
  return (
    <div class="over sheet span">
      <MelCanvas mel={damage.sound.value?.mel} name="Mel spectrogram of the sound to repair" />
      <fieldset
        class="cells"
        aria-label="Parts of the sound, pressed where rubbed out"
        data-testid="columns"
        style={{ '--columns': spans, '--rows': 1 }}
        {...rubbing}
      >
        {Array.from({ length: spans }, (_, at) => (
          <button
            key={at}
            type="button"
            data-at={at}
            aria-pressed={rubbed.has(at)}
            aria-label={`From ${second(at)} to ${second(at + 1)} seconds`}
          />
        ))}
      </fieldset>
      <Playhead sound={damage.sound.value?.sound} />
    </div>
  );
}
