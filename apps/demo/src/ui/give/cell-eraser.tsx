import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { PictureCanvas } from '../show/picture-canvas.js';
import { useSession } from '../state/session-context.js';
import { useRubbing } from './use-rubbing.js';

/** A picture out of which cells of its token grid are rubbed; arrow keys go from cell to cell. */
export function CellEraser() {
  const session = useSession();
  const { damage } = session.given;
  const [rows, columns] = session.given.grid('image');
  const cells = damage.cells.value;
  const board = useRef<HTMLFieldSetElement>(null);
  const current = useSignal(0);
  const rubbing = useRubbing(cells, (next) => {
    damage.cells.value = next;
  });
  const walk = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
    const next = current.value + (step ?? 0);
    if (step === undefined || next < 0 || next >= rows * columns) return;
    event.preventDefault();
    current.value = next;
    board.current!.querySelector<HTMLElement>(`[data-at="${next}"]`)!.focus();
  };
  return (
    <div class="over sheet">
      <PictureCanvas picture={damage.picture.value?.picture} name="The picture to repair" />
      <fieldset
        ref={board}
        class="cells"
        aria-label="Parts of the picture, pressed where rubbed out. Arrow keys move."
        data-testid="cells"
        style={{ '--columns': columns, '--rows': rows }}
        onKeyDown={walk}
        onFocusIn={({ target }) => {
          current.value = Number((target as HTMLElement).dataset.at ?? 0);
        }}
        {...rubbing}
      >
        {Array.from({ length: rows * columns }, (_, at) => (
          <button
            key={at}
            type="button"
            data-at={at}
            tabIndex={at === current.value ? 0 : -1}
            aria-pressed={cells.has(at)}
            aria-label={`Row ${1 + Math.floor(at / columns)}, column ${1 + (at % columns)}`}
          />
        ))}
      </fieldset>
    </div>
  );
}
