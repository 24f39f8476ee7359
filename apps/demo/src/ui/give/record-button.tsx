import { useEffect, useRef } from 'preact/hooks';
import { Recorder } from '../../media/recorder.js';
import { Icon } from '../chrome/icon.js';
import { useSession } from '../state/session-context.js';

/** Records the microphone: once to begin, once more to end. */
export function RecordButton() {
  const session = useSession();
  const held = useRef<Recorder | undefined>(undefined);
  held.current ??= new Recorder({ limit: session.about.longestRecording, onEnd: () => session.attempt(end) });
  const recorder = held.current;
  const end = async () => session.takeSound(await recorder.stop());
  useEffect(() => () => recorder.cancel(), []);

  const state = recorder.state.value;
  return (
    <button
      type="button"
      class="plain record"
      aria-pressed={state === 'recording'}
      data-testid="record"
      style={{ '--level': recorder.level.value.toFixed(2) }}
      onClick={() => {
        session.player.stop();
        session.attempt(() => (state === 'idle' ? recorder.start() : end()));
      }}
    >
      <Icon name={state === 'recording' ? 'stop' : 'microphone'} />
      {state === 'recording' ? (
        <>
          Stop <span class="number">{recorder.seconds.value.toFixed(1)} s</span>
        </>
      ) : state === 'asking' ? (
        'Waiting for the microphone'
      ) : (
        'Record'
      )}
    </button>
  );
}
