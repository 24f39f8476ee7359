import { MelCanvas } from '../show/mel-canvas.js';
import { Playhead } from '../show/playhead.js';
import { SoundBar } from '../show/sound-bar.js';
import { useSession } from '../state/session-context.js';
import { OpenButton } from './open-button.js';
import { RecordButton } from './record-button.js';
import { SampleSounds } from './sample-sounds.js';

/** A sound, by whatever way. */
export function SpeakInput() {
  const session = useSession();
  const sound = session.speech.value;
  return (
    <>
      <div class="sheet over">
        <MelCanvas mel={session.previews.audioToImage.value.mel} name="Mel spectrogram of what is said" />
        <Playhead sound={sound} />
      </div>
      <SoundBar sound={sound} name="what is said" />
      <SampleSounds />
      <div class="sources">
        <RecordButton />
        <OpenButton kind="sound" />
      </div>
    </>
  );
}
