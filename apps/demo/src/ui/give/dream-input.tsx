import { SAMPLE_PICTURES } from '../samples.js';
import { useSession } from '../state/session-context.js';
import { Choice } from './choice.js';

/** A wish for a dream, or none. */
export function DreamInput() {
  const session = useSession();
  // Until the model is there, the digits that it will know; voices come with it.
  const labels = session.model.value?.labels ?? SAMPLE_PICTURES.map(({ name }) => name);
  const voices = session.model.value?.voices ?? [];
  const options = (names: readonly string[]) => [
    { value: undefined, text: 'any' },
    ...names.map((text, value) => ({ value, text })),
  ];
  return (
    <div class="wishes">
      <Choice
        legend="Which digit"
        name="wish-label"
        options={options(labels)}
        value={session.given.label.value}
        onChoose={(value) => {
          session.given.label.value = value;
        }}
      />
      <Choice
        legend="Whose voice"
        name="wish-voice"
        options={options(voices)}
        value={session.given.voice.value}
        onChoose={(value) => {
          session.given.voice.value = value;
        }}
      />
    </div>
  );
}
