import { soundOf } from '../samples.js';
import { useSession } from '../state/session-context.js';

/** Sounds to begin with. */
export function SampleSounds() {
  const session = useSession();
  return (
    <ul class="samples" aria-label="Sample sounds">
      {session.about.samples.sounds.map((sample) => (
        <li key={sample.name}>
          <button
            type="button"
            data-testid={`sample-sound-${sample.name}`}
            onClick={() => session.attempt(async () => session.takeSound(await soundOf(sample)))}
          >
            <span class="visually-hidden">Sample: </span>“{sample.name}”
          </button>
        </li>
      ))}
    </ul>
  );
}
