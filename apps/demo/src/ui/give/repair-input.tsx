import { useSession } from '../state/session-context.js';
import { CellEraser } from './cell-eraser.js';
import { SpanEraser } from './span-eraser.js';

/** A picture and a sound, and what is rubbed out of them. */
export function RepairInput() {
  const { given } = useSession();
  const { cells, columns } = given.damage;
  const [rows, width] = given.grid('image');
  const [, spans] = given.grid('audio');
  return (
    <>
      <Part
        name="picture"
        isWhole={cells.value.size === 0}
        onRestore={() => {
          cells.value = new Set();
        }}
        onRubAll={() => {
          cells.value = all(rows * width);
        }}
      />
      <CellEraser />
      <Part
        name="sound"
        isWhole={columns.value.size === 0}
        onRestore={() => {
          columns.value = new Set();
        }}
        onRubAll={() => {
          columns.value = all(spans);
        }}
      />
      <SpanEraser />
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

const all = (length: number): ReadonlySet<number> => new Set(Array.from({ length }, (_, at) => at));
