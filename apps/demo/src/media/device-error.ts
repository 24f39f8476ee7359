import { StudioError } from '../studio/studio-error.js';

/** What a visitor may be asked for. */
export type Device = 'microphone' | 'camera';

/**
 * What `getUserMedia` refused with, in words for the visitor; the code is `device`. Without a cause, there is no
 * `getUserMedia` at all, as on insecure pages.
 */
export function deviceError(device: Device, cause?: unknown): StudioError {
  if (cause instanceof StudioError) return cause;
  return new StudioError('device', words(device, cause));
}

function words(device: Device, cause: unknown): string {
  if (cause === undefined) {
    return `The ${device} can be used on secure pages only. Open this page by https:// or on localhost, or choose a file instead.`;
  }
  switch ((cause as Partial<Error> | null)?.name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return `The ${device} is not allowed. Allow it for this page in the browser (the symbol beside the address), and try again, or choose a file instead.`;
    case 'NotFoundError':
    case 'OverconstrainedError':
      return `No ${device} was found. Connect one and try again, or choose a file instead.`;
    case 'NotReadableError':
    case 'AbortError':
      return `The ${device} does not answer; another program may be using it. Close that and try again, or choose a file instead.`;
    default:
      return `The ${device} cannot be used (${(cause as Partial<Error> | null)?.message || cause}). Try again, or choose a file instead.`;
  }
}
