import { addressWith, MODELS } from '../models/models.js';
import { useSession } from '../state/session-context.js';
import { TASKS } from '../tasks.js';

/** The models to choose from, as links: each loads the page anew, at the same task. */
export function ModelChoice() {
  const session = useSession();
  const hash = session.unopened.value ?? TASKS[session.task.value].slug;
  return (
    <nav class="models" aria-label="Model">
      {MODELS.map((model) => (
        <a
          key={model.id}
          href={addressWith(model, location.href, hash)}
          aria-current={model === session.about ? 'page' : undefined}
          data-testid={`model-${model.id}`}
        >
          {model.name}
        </a>
      ))}
    </nav>
  );
}
