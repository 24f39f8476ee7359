import { useSession } from '../state/session-context.js';
import { ResultCard } from './result-card.js';
import { StepScrubber } from './step-scrubber.js';

/** What the model makes of what is given: its steps, and each variation. */
export function ResultPanel() {
  const session = useSession();
  const task = session.task.value;
  const run = session.runs[task].value;
  const count = run?.request.count ?? session.settings.count.value;
  return (
    <section class="results" aria-labelledby="results-heading">
      <h2 id="results-heading">It fills in</h2>
      <StepScrubber run={run} />
      <div class="cards" data-count={count}>
        {Array.from({ length: count }, (_, variation) => (
          <ResultCard key={`${task} ${variation}`} run={run} variation={variation} />
        ))}
      </div>
    </section>
  );
}
