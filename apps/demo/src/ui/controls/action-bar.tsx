import { useEffect, useRef } from 'preact/hooks';
import type { Session } from '../state/session.js';
import { useSession } from '../state/session-context.js';
import { TASKS } from '../tasks.js';

/** What does something of its own at Enter. */
const ANSWERS_ENTER =
  'button, a, summary, textarea, select, video, input:not([type=radio], [type=range], [type=checkbox])';

/** As far as one can tell. */
const hasKeyboard = matchMedia('(hover: hover)');

/** The one clear button, cancel, and what is going on. */
export function ActionBar() {
  const session = useSession();
  const task = session.task.value;
  const isBusy = session.busy.value === task;
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && session.busy.value) session.cancel();
      const isPlain =
        !event.repeat && !event.ctrlKey && !event.altKey && !event.metaKey && !event.defaultPrevented;
      if (event.key !== 'Enter' || !isPlain) return;
      if ((event.target as HTMLElement).closest(`${ANSWERS_ENTER}, dialog`)) return;
      event.preventDefault();
      void session.generate();
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, [session]);
  return (
    <div class="action" data-busy={isBusy}>
      <button
        ref={button}
        type="button"
        class="primary"
        aria-disabled={isBusy}
        aria-keyshortcuts="Enter"
        data-testid="generate"
        onClick={() => !isBusy && void session.generate()}
      >
        {TASKS[task].button}
      </button>
      <button
        type="button"
        class="plain"
        hidden={!isBusy}
        data-testid="cancel"
        onClick={() => {
          session.cancel();
          button.current!.focus(); // as this one goes away
        }}
      >
        Cancel
      </button>
      <p class="status" data-testid="status">
        {statusOf(session)}
      </p>
    </div>
  );
}

/** What is going on, in a line. */
function statusOf(session: Session): string {
  const state = session.studio.state.value;
  const task = session.task.value;
  const isBusy = session.busy.value === task;
  if (state.phase === 'failed') return 'The model cannot be used.';
  if (state.phase === 'loading') {
    const percent = `${Math.floor(100 * state.share)} %`;
    return isBusy ? `Begins when the model is there: ${percent}` : `The model is loading: ${percent}`;
  }
  if (isBusy) return `${TASKS[task].busy} …`;
  const run = session.runs[task].value;
  if (!run) return hasKeyboard.matches ? 'Or press Enter.' : 'The model is ready.';
  return session.settings.keepsSeed.value
    ? `Seed ${run.request.seed}.`
    : `Seed ${run.request.seed}. Again draws another.`;
}
