import { useSession } from '../state/session-context.js';
import { Icon } from './icon.js';

/** What went wrong, and what helps; goes away when it is dismissed. */
export function Notice() {
  const session = useSession();
  const { notice, studio } = session;
  return (
    <div role="alert" class="notices">
      {notice.value && (
        <div class="notice" data-testid="notice">
          <p>{notice.value}</p>
          {studio.state.value.phase === 'failed' && (
            <button
              type="button"
              class="plain"
              onClick={() => {
                notice.value = undefined;
                studio.start();
              }}
            >
              Try again
            </button>
          )}
          <button
            type="button"
            class="quiet icon-only"
            aria-label="Dismiss"
            data-testid="dismiss"
            onClick={() => {
              notice.value = undefined;
            }}
          >
            <Icon name="close" />
          </button>
        </div>
      )}
    </div>
  );
}
