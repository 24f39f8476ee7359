import { MelCanvas } from '../show/mel-canvas.js';
import { Playhead } from '../show/playhead.js';
import { SoundBar } from '../show/sound-bar.js';
import { useSession } from '../state/session-context.js';
import { OpenButton } from './open-button.js';
import { RecordButton } from './record-button.js';

/** What is said or recorded, as it is seen and heard. */
export function SpeakInput() {
  const { given, about } = useSession();
  const sound = given.speech.value;
  return (
    <>
      <div class="sheet over">
        <MelCanvas mel={given.previews.audioToImage.value.mel} name={`Mel spectrogram of ${about.heard}`} />
        <Playhead sound={sound} />
      </div>
      <SoundBar sound={sound} name={about.heard} />
      <div class="sources">
        <RecordButton />
        <OpenButton kind="sound" />
      </div>
    </>
  );
}
