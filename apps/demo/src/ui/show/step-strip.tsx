import { useEffect, useRef } from 'preact/hooks';
import type { TaskName } from 'visual-echoes';
import type { ModelInfo } from '../../studio/protocol.js';
import type { Run } from '../state/run.js';
import { useSession } from '../state/session-context.js';
import { TASKS } from '../tasks.js';
import { MelCanvas } from './mel-canvas.js';
import { PictureCanvas } from './picture-canvas.js';
import { TokenGrid } from './token-grid.js';

/** The step that finds what it is, and where there are voices whose, before those of the media. */
const NAMING_STEPS = 1;

/** All steps of the first variation beside each other; a press shows one large. */
export function StepStrip({ run, task }: { run: Run | undefined; task: TaskName }) {
  const session = useSession();
  const planned =
    (session.settings.controls[task].value.steps ?? session.model.value?.defaults[task].steps ?? 4) +
    NAMING_STEPS;
  const steps = run ? Math.max(run.steps.value, run.reports.value.length) : planned;
  const shown = run?.shown.value ?? -1;
  const isReached = (at: number) => shown > at || (run?.isRevealed.value ?? false);
  const nameOf = (at: number) => (run && isReached(at) ? nameAt(run, at, session.model.value) : undefined);
  const strip = useRef<HTMLOListElement>(null);
  useEffect(() => {
    const frame = strip.current!.children[shown - 1] as HTMLElement | undefined;
    if (frame) strip.current!.scrollLeft = frame.offsetLeft - strip.current!.clientWidth / 2;
  }, [shown]);
  return (
    <ol ref={strip} class="strip" aria-label="All steps" data-empty={!run} data-testid="strip">
      {Array.from({ length: steps }, (_, at) => (
        <li key={at}>
          <button
            type="button"
            disabled={!run?.reports.value[at]}
            aria-current={shown === at + 1 ? 'step' : undefined}
            aria-label={`Show step ${at + 1} ${nameOf(at) ?? ''}`}
            onClick={() => run?.show(at + 1)}
          >
            <Frame run={run} at={at} task={task} isReached={isReached(at)} />
            <span class="number">
              {at + 1} {nameOf(at)}
            </span>
          </button>
        </li>
      ))}
    </ol>
  );
}

interface FrameProps {
  run: Run | undefined;
  at: number;
  task: TaskName;
  isReached: boolean;
}

function Frame({ run, at, task, isReached }: FrameProps) {
  const { given } = useSession();
  const variation = isReached ? run?.reports.value[at]?.variations[0] : undefined;
  const look = variation && run?.look(0, at + 1);
  return (
    <>
      {isMade('image', run, task) && (
        <span class="pair">
          <PictureCanvas picture={look?.picture} name="Picture" />
          <TokenGrid
            name="The picture's tokens"
            tokens={variation?.tokens.image}
            grid={given.grid('image')}
            fixed={variation?.fixed.image}
          />
        </span>
      )}
      {isMade('audio', run, task) && (
        <span class="pair sound">
          <MelCanvas mel={look?.mel} name="Mel spectrogram" />
          <TokenGrid
            name="The sound's tokens"
            tokens={variation?.tokens.audio}
            grid={given.grid('audio')}
            fixed={variation?.fixed.audio}
            isUpsideDown
          />
        </span>
      )}
    </>
  );
}

/** What it is, at the step that finds it. */
function nameAt(run: Run, at: number, model: ModelInfo | undefined): string | undefined {
  const { fixed, tokens } = run.reports.value[at].variations[0];
  return fixed.label?.length ? model?.labels[tokens.label[0]] : undefined;
}

/** Whether something of a field is filled in. */
function isMade(field: 'image' | 'audio', run: Run | undefined, task: TaskName): boolean {
  if (run) return run.request.canvas[field]?.includes(-1) ?? true;
  return TASKS[task][field === 'image' ? 'picture' : 'sound'] !== 'given';
}
