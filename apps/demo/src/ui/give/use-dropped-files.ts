import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Session } from '../state/session.js';
import { takeFile } from './take-file.js';

/** Takes files that are dropped on the page or pasted; true while one is held over it. */
export function useDroppedFiles(session: Session): boolean {
  const isOver = useSignal(false);
  useEffect(() => {
    const listening = new AbortController();
    const { signal } = listening;
    const take = (files: FileList | undefined) => {
      const [file] = files ?? [];
      if (file) session.attempt(() => takeFile(session, file));
      return file !== undefined;
    };
    const holdsFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    const over = (event: DragEvent) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      isOver.value = true;
    };
    window.addEventListener('dragenter', over, { signal });
    window.addEventListener('dragover', over, { signal });
    window.addEventListener(
      'dragleave',
      (event) => {
        if (!event.relatedTarget) isOver.value = false;
      },
      { signal },
    );
    window.addEventListener(
      'drop',
      (event) => {
        isOver.value = false;
        if (!holdsFiles(event)) return;
        event.preventDefault();
        take(event.dataTransfer?.files);
      },
      { signal },
    );
    window.addEventListener(
      'paste',
      (event) => {
        if (take(event.clipboardData?.files)) event.preventDefault();
      },
      { signal },
    );
    return () => listening.abort();
  }, [session]);
  return isOver.value;
}
