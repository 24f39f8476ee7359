import { useEffect } from 'preact/hooks';
import type { Session } from '../state/session.js';
import { useSession } from '../state/session-context.js';
import { TASKS } from '../tasks.js';

/** What Enter already does something with. */
const ANSWERS_ENTER = 'button, a, input, select, summary, textarea, dialog, video';

/** The one clear button, cancel, and what is going on. */
export function ActionBar() {
  const session = useSession();
  const task = session.task.value;
  const isBusy = session.busy.value === task;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      const isRadio = target.matches('input[type=radio], input[type=range]');
      if (event.key === 'Escape' && session.busy.value) session.cancel();
      if (event.key !== 'Enter' || event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
      if (target.matches(ANSWERS_ENTER) && !isRadio) return;
      event.preventDefault();
      void session.generate();
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, []);
  return (
    <div class="action" data-busy={isBusy}>
      <button
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
        class="plain cancel"
        disabled={!isBusy}
        data-testid="cancel"
        onClick={() => session.cancel()}
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
    return isBusy ? `It begins when the model is there: ${percent}` : `The model is coming: ${percent}`;
  }
  const run = session.runs[task].value;
  if (isBusy) return `${TASKS[task].busy} …`;
  const took = session.studio.took.value;
  if (run?.results.value && took !== undefined) return `Seed ${run.request.seed}. Press again for another.`;
  return 'Or press Enter.';
}
