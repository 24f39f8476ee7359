import type { TaskName, Waveform } from 'visual-echoes';
import type { Tokens } from '../../studio/protocol.js';
import type { Look } from '../state/run.js';
import { useSession } from '../state/session-context.js';
import { MelCanvas } from './mel-canvas.js';
import { PictureCanvas } from './picture-canvas.js';
import { Playhead } from './playhead.js';
import { TokenGrid } from './token-grid.js';

export interface ChainProps {
  task: TaskName;
  look: Look;
  /** Positions to point out, by field. */
  fixed: Tokens | undefined;
  /** What the sound's playhead belongs to. */
  sound: Waveform | undefined;
}

/** What stands under the squares, in the order in which one comes of the other. */
const TAGS: Record<TaskName, readonly string[]> = {
  imageToAudio: ['Picture', '→ its tokens', '→ sound tokens', '→ sound'],
  audioToImage: ['Sound', '→ its tokens', '→ picture tokens', '→ picture'],
  coGenerate: ['Picture', '← its tokens', 'its tokens →', 'Sound'],
  complete: ['Picture', '⇄ its tokens', 'its tokens ⇄', 'Sound'],
};

/** The squares of the sound. */
const SOUND: ReadonlySet<unknown> = new Set(['audio', 'sound']);

/** Picture, its tokens, the sound's tokens, sound: four squares, or the other way round where a sound is given. */
export function Chain({ task, look, fixed, sound }: ChainProps) {
  const { given } = useSession();
  const squares = [
    <PictureCanvas key="picture" picture={look.picture} name="Picture" />,
    <TokenGrid
      key="image"
      name="The picture's tokens"
      tokens={look.tokens.image}
      grid={given.grid('image')}
      fixed={fixed?.image}
    />,
    <TokenGrid
      key="audio"
      name="The sound's tokens"
      tokens={look.tokens.audio}
      grid={given.grid('audio')}
      fixed={fixed?.audio}
      isUpsideDown
    />,
    <span key="sound" class="over">
      <MelCanvas mel={look.mel} name="The sound's mel spectrogram" />
      <Playhead sound={sound} />
    </span>,
  ];
  if (task === 'audioToImage') squares.reverse();
  return (
    <ol class="chain">
      {squares.map((square, at) => (
        <li key={square.key} class={SOUND.has(square.key) ? 'sound' : undefined}>
          {square}
          <span class="tag">{TAGS[task][at]}</span>
        </li>
      ))}
    </ol>
  );
}
