import { useEffect } from 'preact/hooks';
import { downloadPng, downloadWav } from '../../media/downloads.js';
import { Icon } from '../chrome/icon.js';
import type { Look, Run } from '../state/run.js';
import { useSession } from '../state/session-context.js';
import { TASKS } from '../tasks.js';
import { MelCanvas } from './mel-canvas.js';
import { PictureCanvas } from './picture-canvas.js';
import { Playhead } from './playhead.js';
import { ShareButton } from './share-button.js';
import { SoundBar } from './sound-bar.js';
import { TokenGrid } from './token-grid.js';

/** One variation at the step that is shown: picture, its tokens, the sound's tokens, the sound. */
export function ResultCard({ run, variation }: { run: Run | undefined; variation: number }) {
  const session = useSession();
  const task = session.task.value;
  const look: Look = run ? run.look(variation) : session.previews[task].value;
  const step = run?.shown.value ?? 0;
  useEffect(() => void run?.complete(variation), [run, step, run?.results.value]);
  const result = run?.isComplete.value ? run.results.value?.[variation] : undefined;
  const fixed = result || step === 0 ? undefined : run?.reports.value[step - 1]?.variations[variation]?.fixed;
  const { picture, sound } = TASKS[task];
  const name = result?.label ? `${result.label}${result.voice ? `, ${result.voice}` : ''}` : 'digit';
  const slug = name.replace(/\W+/g, '-');
  return (
    <article class="card" data-testid="result" aria-label={result ? `Result: ${name}` : 'Result'}>
      <ol class="chain" data-from={picture === 'made' && sound === 'given' ? 'sound' : 'picture'}>
        <li data-role={picture}>
          <PictureCanvas picture={look.picture} name="The picture" />
          <span class="tag">Picture</span>
        </li>
        <li data-role={picture}>
          <TokenGrid
            name="Tokens of the picture"
            tokens={look.tokens.image}
            grid={session.grid('image')}
            fixed={fixed?.image}
          />
          <span class="tag">its tokens</span>
        </li>
        <li data-role={sound}>
          <TokenGrid
            name="Tokens of the sound"
            tokens={look.tokens.audio}
            grid={session.grid('audio')}
            fixed={fixed?.audio}
          />
          <span class="tag">its tokens</span>
        </li>
        <li data-role={sound}>
          <span class="over">
            <MelCanvas mel={look.mel} name="The sound's mel spectrogram" />
            <Playhead sound={result?.sound} />
          </span>
          <span class="tag">Sound</span>
        </li>
      </ol>
      <SoundBar sound={result?.sound} name={`the sound of variation ${variation + 1}`} />
      <footer>
        <h3 data-testid="result-name">
          {result?.label ?? <span class="pending">{run ? '…' : 'not yet'}</span>}
          {result?.voice && <small> voice of {result.voice}</small>}
        </h3>
        <div class="tools">
          <button
            type="button"
            class="quiet"
            disabled={!result}
            data-testid="save-picture"
            onClick={() => result && downloadPng(result.picture, `${slug}.png`)}
          >
            <Icon name="save" /> PNG
          </button>
          <button
            type="button"
            class="quiet"
            disabled={!result}
            data-testid="save-sound"
            onClick={() => result && downloadWav(result.sound, `${slug}.wav`)}
          >
            <Icon name="save" /> WAV
          </button>
          <button
            type="button"
            class="quiet"
            disabled={!result}
            data-testid="repair-result"
            onClick={() => {
              if (!result) return;
              session.damage.setPicture({ tokens: result.tokens.image, picture: result.picture });
              session.damage.setSound({ tokens: result.tokens.audio, mel: result.mel, sound: result.sound });
              session.go('complete');
            }}
          >
            <Icon name="repair" /> Repair
          </button>
          <ShareButton run={result && run} />
        </div>
      </footer>
    </article>
  );
}
