import { useSession } from '../state/session-context.js';

/** How far the model is loaded: a line that only grows. */
export function LoadingBar() {
  const state = useSession().studio.state.value;
  const share = state.phase === 'loading' ? state.share : state.phase === 'ready' ? 1 : 0;
  return (
    <div class="loading" data-phase={state.phase}>
      <div
        role="progressbar"
        aria-label="Loading the model"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.floor(100 * share)}
        aria-hidden={state.phase !== 'loading'}
        data-testid="loading"
        style={{ '--share': share.toFixed(3) }}
      />
    </div>
  );
}
