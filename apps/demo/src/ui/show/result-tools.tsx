import { downloadPng, downloadWav } from '../../media/downloads.js';
import type { Generated } from '../../studio/protocol.js';
import { Icon, type IconName } from '../chrome/icon.js';
import type { Run } from '../state/run.js';
import { useSession } from '../state/session-context.js';
import { ShareButton } from './share-button.js';

/** What can be done with a result: save it, repair it, share it. */
export function ResultTools({ run, result }: { run: Run | undefined; result: Generated | undefined }) {
  const session = useSession();
  const { damage } = session.given;
  const name = [result?.label, result?.voice].filter(Boolean).join('-') || session.about.noun;
  const repair = ({ tokens, picture, mel, sound }: Generated) => {
    damage.setPicture({ tokens: tokens.image, picture });
    damage.setSound({ tokens: tokens.audio, mel, sound });
    session.go('complete');
  };
  const tool = (id: string, icon: IconName, text: string, use: (result: Generated) => void) => (
    <button
      type="button"
      class="quiet"
      disabled={!result}
      data-testid={id}
      onClick={() => result && session.attempt(async () => use(result))}
    >
      <Icon name={icon} /> {text}
    </button>
  );
  return (
    <div class="tools">
      {tool('save-picture', 'save', 'PNG', ({ picture }) => downloadPng(picture, `${name}.png`))}
      {tool('save-sound', 'save', 'WAV', ({ sound }) => downloadWav(sound, `${name}.wav`))}
      {tool('repair-result', 'repair', 'Repair', repair)}
      <ShareButton run={result && run} />
    </div>
  );
}
