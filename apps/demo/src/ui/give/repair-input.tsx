import { useSession } from '../state/session-context.js';
import { CellEraser } from './cell-eraser.js';
import { OpenButton } from './open-button.js';
import { RecordButton } from './record-button.js';
import { SamplePictures } from './sample-pictures.js';
import { SampleSounds } from './sample-sounds.js';
import { SpanEraser } from './span-eraser.js';

/** A picture and a sound, and what is rubbed out of them. */
export function RepairInput() {
  const session = useSession();
  const { damage } = session;
  const all = (length: number): ReadonlySet<number> => new Set(Array.from({ length }, (_, at) => at));
  const [rows, columns] = session.grid('image');
  const [, spans] = session.grid('audio');
  return (
    <>
      <Part
        name="picture"
        isWhole={damage.cells.value.size === 0}
        onRestore={() => {
          damage.cells.value = new Set();
        }}
        onRubAll={() => {
          damage.cells.value = all(rows * columns);
        }}
      />
      <CellEraser />
      <Part
        name="sound"
        isWhole={damage.columns.value.size === 0}
        onRestore={() => {
          damage.columns.value = new Set();
        }}
        onRubAll={() => {
          damage.columns.value = all(spans);
        }}
      />
      <SpanEraser />
      <details class="more">
        <summary>Repair something else</summary>
        <SamplePictures />
        <div class="sources">
          <OpenButton kind="picture" />
        </div>
        <SampleSounds />
        <div class="sources">
          <RecordButton />
          <OpenButton kind="sound" />
        </div>
      </details>
    </>
  );
}

interface PartProps {
  name: string;
  isWhole: boolean;
  onRestore(): void;
  onRubAll(): void;
}

function Part({ name, isWhole, onRestore, onRubAll }: PartProps) {
  return (
    <div class="part">
      <h3>The {name}</h3>
      <button type="button" class="quiet" onClick={onRubAll} data-testid={`rub-all-${name}`}>
        Rub out all<span class="visually-hidden"> of the {name}</span>
      </button>
      <button
        type="button"
        class="quiet"
        disabled={isWhole}
        onClick={onRestore}
        data-testid={`restore-${name}`}
      >
        Restore<span class="visually-hidden"> the {name}</span>
      </button>
    </div>
  );
}
