import { pictureOf, type Sample } from '../samples.js';
import { useSession } from '../state/session-context.js';

/** Pictures to begin with. */
export function SamplePictures() {
  const session = useSession();
  const { samples, sheet } = session.about;
  const choose = async (sample: Sample) => {
    await session.given.setPicture(session.task.value, await pictureOf(sample), sheet.kind);
  };
  return (
    <ul class="samples" data-kind={sheet.kind} aria-label="Sample pictures">
      {samples.pictures.map((sample) => (
        <li key={sample.name}>
          <button
            type="button"
            data-testid={`sample-${sample.name}`}
            onClick={() => session.attempt(() => choose(sample))}
          >
            <img src={sample.url} width={28} height={28} alt={`Sample: ${sample.name}`} />
          </button>
        </li>
      ))}
    </ul>
  );
}
