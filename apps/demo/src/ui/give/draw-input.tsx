import { CameraButton } from './camera-dialog.js';
import { DrawingPad } from './drawing-pad.js';
import { OpenButton } from './open-button.js';
import { SamplePictures } from './sample-pictures.js';

/** A picture, by whatever way. */
export function DrawInput() {
  return (
    <>
      <DrawingPad />
      <SamplePictures />
      <div class="sources">
        <OpenButton kind="picture" />
        <CameraButton />
      </div>
    </>
  );
}
