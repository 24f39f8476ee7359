import { useSignal } from '@preact/signals';
import { Icon } from '../chrome/icon.js';
import type { Run } from '../state/run.js';
import { useSession } from '../state/session-context.js';

/** Copies the address that gives these results again. */
export function ShareButton({ run }: { run: Run | undefined }) {
  const session = useSession();
  const isCopied = useSignal(false);
  const share = async (of: Run) => {
    const link = session.linkTo(of);
    try {
      await navigator.clipboard.writeText(link);
      isCopied.value = true;
      session.news.value = 'The link is copied.';
      setTimeout(() => {
        isCopied.value = false;
      }, 2000);
    } catch {
      // No clipboard: the address bar has it instead.
      history.pushState(null, '', link);
      session.notice.value = 'The browser does not let the page copy. The link is now in the address bar.';
    }
  };
  return (
    <button
      type="button"
      class="quiet"
      disabled={!run}
      data-testid="share"
      onClick={() => run && session.attempt(() => share(run))}
    >
      <Icon name="share" /> {isCopied.value ? 'Copied' : 'Link'}
    </button>
  );
}
