import type { Waveform } from 'visual-echoes';
import { useSession } from '../state/session-context.js';

/** The line that moves over a sound while it plays; apart, so that only it is drawn anew. */
export function Playhead({ sound }: { sound: Waveform | undefined }) {
  const session = useSession();
  if (!sound || !session.isPlaying(sound)) return null;
  return <span class="playhead" style={{ '--at': `${100 * session.player.position.value}%` }} />;
}
