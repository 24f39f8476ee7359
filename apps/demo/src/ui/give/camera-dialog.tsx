import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { Camera } from '../../media/camera.js';
import { Icon } from '../chrome/icon.js';
import { useSession } from '../state/session-context.js';

/** Takes a picture with the camera. */
export function CameraButton() {
  const isOpen = useSignal(false);
  return (
    <>
      <button
        type="button"
        class="plain"
        data-testid="camera"
        onClick={() => {
          isOpen.value = true;
        }}
      >
        <Icon name="camera" /> Camera
      </button>
      {isOpen.value && (
        <CameraDialog
          onClose={() => {
            isOpen.value = false;
          }}
        />
      )}
    </>
  );
}

function CameraDialog({ onClose }: { onClose: () => void }) {
  const session = useSession();
  const dialog = useRef<HTMLDialogElement>(null);
  const video = useRef<HTMLVideoElement>(null);
  const camera = useRef(new Camera());
  const isReady = useSignal(false);

  useEffect(() => {
    dialog.current!.showModal();
    camera.current.start(video.current!).then(
      () => {
        isReady.value = true;
      },
      (error) => {
        onClose();
        session.complain(error);
      },
    );
    return () => camera.current.stop();
  }, []);

  const take = async () => {
    const picture = await camera.current.take();
    onClose();
    await session.takePicture(picture);
  };

  return (
    <dialog ref={dialog} class="camera" aria-labelledby="camera-heading" onClose={onClose}>
      <h2 id="camera-heading">Hold a {session.about.noun} into the picture</h2>
      <video ref={video} playsInline muted aria-label="What the camera sees" />
      <div class="tools">
        <button
          type="button"
          class="primary"
          data-testid="take-picture"
          disabled={!isReady.value}
          onClick={() => session.attempt(take)}
        >
          Take it
        </button>
        <button type="button" class="plain" onClick={() => dialog.current!.close()}>
          Close
        </button>
      </div>
    </dialog>
  );
}
