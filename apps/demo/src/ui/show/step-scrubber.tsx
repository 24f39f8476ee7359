import { Icon } from '../chrome/icon.js';
import type { Run } from '../state/run.js';
import { useSession } from '../state/session-context.js';
import { stepWords } from './step-words.js';

/** Goes back to any step, and plays them again. */
export function StepScrubber({ run }: { run: Run | undefined }) {
  const session = useSession();
  const steps = run?.steps.value ?? 1;
  const shown = run?.shown.value ?? 0;
  const words = run ? stepWords(run, session.model.value, session.about.noun) : 'Nothing is filled in yet';
  return (
    <div class="scrubber">
      <button
        type="button"
        class="quiet icon-only"
        aria-label="Show all steps again"
        title="Show all steps again"
        data-testid="replay"
        disabled={!run?.results.value}
        onClick={() => run?.replay()}
      >
        <Icon name="replay" />
      </button>
      <input
        type="range"
        min={0}
        max={steps}
        step={1}
        value={shown}
        disabled={!run}
        aria-label="Step"
        aria-valuetext={`Step ${shown} of ${steps}: ${words}`}
        data-testid="scrubber"
        style={{ '--share': `${(100 * shown) / steps}%` }}
        onInput={(event) => run?.show(Number(event.currentTarget.value))}
      />
      <p class="step-words">
        {run && (
          <b>
            {shown}/{steps}
          </b>
        )}
        {words}
      </p>
    </div>
  );
}
