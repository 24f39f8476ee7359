import { useSession } from '../state/session-context.js';
import { Choice } from './choice.js';

/** A wish for a dream, or none. */
export function DreamInput() {
  const session = useSession();
  const { noun, samples, hasVoices } = session.about;
  // Until the model is there, what it will know; voices come with it.
  const labels = session.model.value?.labels ?? samples.pictures.map(({ name }) => name);
  const voices = session.model.value?.voices ?? [];
  const options = (names: readonly string[]) => [
    { value: undefined, text: 'any' },
    ...names.map((text, value) => ({ value, text })),
  ];
  return (
    <div class="wishes">
      <Choice
        legend={`Which ${noun}`}
        name="wish-label"
        options={options(labels)}
        value={session.given.label.value}
        onChoose={(value) => {
          session.given.label.value = value;
        }}
      />
      {hasVoices && (
        <Choice
          legend="Whose voice"
          name="wish-voice"
          options={options(voices)}
          value={session.given.voice.value}
          onChoose={(value) => {
            session.given.voice.value = value;
          }}
        />
      )}
    </div>
  );
}
