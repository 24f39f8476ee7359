import { useSession } from '../state/session-context.js';
import { CameraButton } from './camera-dialog.js';
import { OpenButton } from './open-button.js';
import { RecordButton } from './record-button.js';
import { SamplePictures } from './sample-pictures.js';
import { SampleSounds } from './sample-sounds.js';

/** The other ways to a picture or a sound: samples, files, camera, microphone. */
export function Sources() {
  const task = useSession().task.value;
  if (task === 'coGenerate') return null;
  const takesPictures = task !== 'audioToImage';
  const takesSounds = task !== 'imageToAudio';
  return (
    <section class="ways" aria-label="Other ways" key={task}>
      {takesPictures && (
        <>
          <SamplePictures />
          <div class="sources">
            <OpenButton kind="picture" />
            <CameraButton />
          </div>
        </>
      )}
      {takesSounds && (
        <>
          <SampleSounds />
          {task === 'complete' && (
            <div class="sources">
              <RecordButton />
              <OpenButton kind="sound" />
            </div>
          )}
        </>
      )}
    </section>
  );
}
