import { useEffect, useRef } from 'preact/hooks';
import { Icon } from '../chrome/icon.js';
import { INK } from '../palette.js';
import { useSession } from '../state/session-context.js';
import type { Point } from '../state/sketch.js';
import { paintSketch, paintStroke } from '../state/sketch-picture.js';
import { theme } from '../state/theme.js';

/** Pixels of the sheet's side; twice the most that it is shown with. */
const SIDE = 720;

/** A sheet to draw on with mouse, finger or pen. */
export function DrawingPad() {
  const { given, about } = useSession();
  const { sketch } = given;
  const { kind, stroke: width } = about.sheet;
  const canvas = useRef<HTMLCanvasElement>(null);
  const stroke = useRef<Point[] | undefined>(undefined);
  const marks = sketch.visible.value;
  const ink = kind === 'ink' ? INK[theme.value] : INK.light; // on paper, as the model is given it

  useEffect(() => {
    paintSketch(canvas.current!.getContext('2d')!, marks, ink);
  }, [marks, ink]);

  const begin = (event: PointerEvent) => {
    if (event.button !== 0 || !event.isPrimary) return;
    event.preventDefault();
    canvas.current!.focus({ preventScroll: true });
    canvas.current!.setPointerCapture(event.pointerId);
    if (marks[0]?.kind === 'photo') paintSketch(canvas.current!.getContext('2d')!, [], ink);
    stroke.current = [];
    go(event);
  };
  const go = (event: PointerEvent) => {
    const points = stroke.current;
    if (!points) return;
    const box = canvas.current!.getBoundingClientRect();
    const from = points.length;
    const moves = event.getCoalescedEvents?.() ?? [];
    for (const move of moves.length ? moves : [event]) {
      const pressure = move.pointerType === 'pen' ? 0.5 + move.pressure : 1;
      points.push([
        (move.clientX - box.left) / box.width,
        (move.clientY - box.top) / box.height,
        width * pressure,
      ]);
    }
    paintStroke(canvas.current!.getContext('2d')!, points, ink, from);
  };
  const end = () => {
    const points = stroke.current;
    stroke.current = undefined;
    if (points?.length) sketch.add({ kind: 'stroke', points });
  };
  const press = (event: KeyboardEvent) => {
    if (event.key === 'z' && (event.ctrlKey || event.metaKey)) sketch.undo();
    else if (event.key === 'Delete' || event.key === 'Backspace') sketch.clear();
    else return;
    event.preventDefault();
  };

  return (
    <div class="sheet" data-kind={kind}>
      <canvas
        ref={canvas}
        width={SIDE}
        height={SIDE}
        class="square pad"
        tabIndex={0}
        role="img"
        aria-label={`Sheet to draw a ${about.noun} on, with mouse, finger or pen. Without one, choose a sample below.`}
        aria-keyshortcuts="Control+Z Delete"
        data-testid="pad"
        onPointerDown={begin}
        onPointerMove={go}
        onPointerUp={end}
        onPointerCancel={end}
        onKeyDown={press}
      />
      <div class="corner">
        <button
          type="button"
          class="quiet icon-only"
          aria-label="Undo"
          title="Undo"
          data-testid="undo"
          disabled={!sketch.canUndo.value}
          onClick={() => sketch.undo()}
        >
          <Icon name="undo" />
        </button>
        <button
          type="button"
          class="quiet icon-only"
          aria-label="Clear the sheet"
          title="Clear"
          data-testid="clear"
          disabled={sketch.isEmpty.value}
          onClick={() => sketch.clear()}
        >
          <Icon name="clear" />
        </button>
      </div>
    </div>
  );
}
