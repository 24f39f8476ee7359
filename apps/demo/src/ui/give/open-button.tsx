import { useRef } from 'preact/hooks';
import { Icon } from '../chrome/icon.js';
import { useSession } from '../state/session-context.js';
import { takeFile } from './take-file.js';

/** Opens a picture or a sound from a file. */
export function OpenButton({ kind }: { kind: 'picture' | 'sound' }) {
  const session = useSession();
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" class="plain" data-testid={`open-${kind}`} onClick={() => input.current!.click()}>
        <Icon name="open" /> Open
      </button>
      <input
        ref={input}
        type="file"
        hidden
        accept={kind === 'picture' ? 'image/*' : 'audio/*,.wav,.mp3,.ogg,.flac'}
        aria-label={`Open a ${kind}`}
        data-testid={`${kind}-file`}
        onChange={({ currentTarget }) => {
          const [file] = currentTarget.files ?? [];
          currentTarget.value = ''; // so that the same file can be opened again
          if (file) session.attempt(() => takeFile(session, file, kind));
        }}
      />
    </>
  );
}
