import { useEffect } from 'preact/hooks';
import type { Look, Run } from '../state/run.js';
import { useSession } from '../state/session-context.js';
import { Chain } from './chain.js';
import { ResultTools } from './result-tools.js';
import { SoundBar } from './sound-bar.js';

/** One variation at the step that is shown. */
export function ResultCard({ run, variation }: { run: Run | undefined; variation: number }) {
  const session = useSession();
  const task = session.task.value;
  const look: Look = run ? run.look(variation) : session.given.previews[task].value;
  const step = run?.shown.value ?? 0;
  const results = run?.results.value;
  const result = run?.isRevealed.value ? results?.[variation] : undefined;
  const report = run?.reports.value[step - 1]?.variations[variation];
  useEffect(() => void run?.complete(variation), [run, step, results]);
  return (
    <article
      class="card"
      data-testid="result"
      aria-label={`Result ${variation + 1}`}
      aria-busy={run && !results}
    >
      <Chain
        task={task}
        look={look}
        fixed={run?.isAtEnd.value ? undefined : report?.fixed}
        sound={result?.sound}
      />
      <SoundBar sound={result?.sound} name={`the sound of result ${variation + 1}`} />
      <div class="outcome">
        <h3 data-testid="result-name">
          {result?.label ?? <span class="pending">{run ? '…' : 'not yet'}</span>}
          {result?.voice && <small> voice of {result.voice}</small>}
        </h3>
        <ResultTools run={run} result={result} />
      </div>
    </article>
  );
}
