import { useEffect, useRef } from 'preact/hooks';
import { useSession } from '../state/session-context.js';
import { stillness } from '../state/theme.js';
import { ResultCard } from './result-card.js';
import { StepScrubber } from './step-scrubber.js';
import { StepStrip } from './step-strip.js';

/** What the model makes of what is given: each variation, and the steps to it. */
export function ResultPanel() {
  const session = useSession();
  const task = session.task.value;
  const run = session.runs[task].value;
  const count = run?.request.count ?? session.settings.count.value;
  const panel = useRef<HTMLElement>(null);
  const isBusy = session.busy.value === task;
  useEffect(() => {
    // On a phone the results are below what is given.
    const { top } = panel.current!.getBoundingClientRect();
    if (isBusy && top > innerHeight / 2) {
      panel.current!.scrollIntoView({ behavior: stillness.matches ? 'auto' : 'smooth' });
    }
  }, [isBusy]);
  return (
    <section ref={panel} class="results" aria-labelledby="results-heading">
      <h2 id="results-heading">It fills in</h2>
      <StepScrubber run={run} />
      <div class="cards" data-count={count}>
        {Array.from({ length: count }, (_, variation) => (
          <ResultCard key={`${task} ${variation}`} run={run} variation={variation} />
        ))}
      </div>
      <h3 class="strip-heading">Step by step{count > 1 && ', the first of them'}</h3>
      <StepStrip key={task} run={run} task={task} />
    </section>
  );
}
