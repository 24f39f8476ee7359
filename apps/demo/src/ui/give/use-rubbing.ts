import { useRef } from 'preact/hooks';
import { withMember } from '../state/damage.js';

/** Handlers for a set of buttons of which one presses many in one stroke: each carries `data-at`. */
export function useRubbing(rubbed: ReadonlySet<number>, change: (next: ReadonlySet<number>) => void) {
  /** Whether the stroke rubs out or brings back; undefined between strokes. */
  const rubs = useRef<boolean | undefined>(undefined);
  const latest = useRef(rubbed);
  latest.current = rubbed;
  const set = (at: number, isOut: boolean) => {
    if (latest.current.has(at) === isOut) return;
    latest.current = withMember(latest.current, at, isOut);
    change(latest.current);
  };
  return {
    onPointerDown(event: PointerEvent) {
      const at = positionAt(event);
      if (at === undefined || event.button !== 0) return;
      // A finger would else keep its first button to itself.
      (event.target as HTMLElement).releasePointerCapture?.(event.pointerId);
      rubs.current = !latest.current.has(at);
      set(at, rubs.current);
      addEventListener('pointerup', () => (rubs.current = undefined), { once: true });
      addEventListener('pointercancel', () => (rubs.current = undefined), { once: true });
    },
    onPointerMove(event: PointerEvent) {
      const at = positionAt(event);
      if (at !== undefined && rubs.current !== undefined) set(at, rubs.current);
    },
    /** The keyboard's: a click that no pointer made. */
    onClick(event: MouseEvent) {
      const at = positionAt(event);
      if (at !== undefined && event.detail === 0) set(at, !latest.current.has(at));
    },
  };
}

function positionAt({ clientX, clientY, target }: MouseEvent): number | undefined {
  const under = clientX || clientY ? document.elementFromPoint(clientX, clientY) : target;
  const at = (under as HTMLElement | null)?.dataset?.at;
  return at === undefined ? undefined : Number(at);
}
