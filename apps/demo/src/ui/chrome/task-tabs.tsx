import { useSession } from '../state/session-context.js';
import type { TaskWords } from '../task-words.js';
import { TASK_NAMES, wordsOf } from '../tasks.js';

/** The four tasks, as links: each has its address. */
export function TaskTabs() {
  const session = useSession();
  return (
    <nav class="tabs" aria-label="What to do">
      {TASK_NAMES.map((task) => {
        const { slug, does, gives, picture, sound } = wordsOf(task, session.about);
        return (
          <a
            key={task}
            href={`#${slug}`}
            aria-current={session.task.value === task ? 'page' : undefined}
            data-testid={`task-${slug}`}
          >
            <Glyph picture={picture} sound={sound} />
            <span>
              <b>{does}</b>{' '}
              <span class="gives">
                <span aria-hidden="true">→ </span>
                {gives}
              </span>
            </span>
          </a>
        );
      })}
    </nav>
  );
}

/** Two squares, picture and sound: full where it is given. */
function Glyph({ picture, sound }: Pick<TaskWords, 'picture' | 'sound'>) {
  const square = (x: number, role: TaskWords['picture']) => (
    <>
      <rect x={x + 0.75} y={0.75} width={10.5} height={10.5} rx={1.5} />
      {role !== 'made' && (
        <path class="full" d={role === 'given' ? `M${x} 0h12v12h-12z` : `M${x} 0h12v6h-6v6h-6z`} />
      )}
    </>
  );
  return (
    <svg class="glyph" viewBox="0 0 28 12" aria-hidden="true" focusable="false">
      {square(0, picture)}
      {square(16, sound)}
    </svg>
  );
}
