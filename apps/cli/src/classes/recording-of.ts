/**
 * What of a clip's id names the recording that it is a part of: the takes of ESC-50 (`1-17150-A`) and the parts of a video
 * of VGGSound (`ID_000030`) share one; else the whole id.
 */
export function recordingOf(id: string): string {
  const name = id.slice(id.lastIndexOf('/') + 1).replace(/\.[a-z0-9]+$/i, '');
  const [, recording] = /^(\d-\d+)-[A-Z](?:-\d+)?$/.exec(name) ?? /^(.+)_\d{6}$/.exec(name) ?? [];
  return recording ?? id;
}
