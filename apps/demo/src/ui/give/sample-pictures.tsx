import { pictureOf, SAMPLE_PICTURES } from '../samples.js';
import { useSession } from '../state/session-context.js';

/** Digits to begin with. */
export function SamplePictures() {
  const session = useSession();
  const choose = async (at: number) => {
    await session.given.setPicture(session.task.value, await pictureOf(SAMPLE_PICTURES[at]), 'ink');
  };
  return (
    <ul class="samples" aria-label="Sample pictures">
      {SAMPLE_PICTURES.map(({ name, url }, at) => (
        <li key={name}>
          <button
            type="button"
            data-testid={`sample-${name}`}
            onClick={() => session.attempt(() => choose(at))}
          >
            <img src={url} width={28} height={28} alt={`Sample: ${name}`} />
          </button>
        </li>
      ))}
    </ul>
  );
}
