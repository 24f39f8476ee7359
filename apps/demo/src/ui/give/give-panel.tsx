import type { JSX } from 'preact';
import type { TaskName } from 'visual-echoes';
import { useSession } from '../state/session-context.js';
import { wordsOf } from '../tasks.js';
import { DrawingPad } from './drawing-pad.js';
import { DreamInput } from './dream-input.js';
import { RepairInput } from './repair-input.js';
import { SpeakInput } from './speak-input.js';

const INPUTS: Record<TaskName, () => JSX.Element> = {
  imageToAudio: DrawingPad,
  audioToImage: SpeakInput,
  coGenerate: DreamInput,
  complete: RepairInput,
};

/** What the visitor gives. */
export function GivePanel() {
  const session = useSession();
  const task = session.task.value;
  const Input = INPUTS[task];
  return (
    <section class="give" aria-labelledby="give-heading">
      <h2 id="give-heading">You give</h2>
      <p class="hint">{wordsOf(task, session.about).hint}</p>
      <div class="input" data-task={task}>
        <Input key={task} />
      </div>
    </section>
  );
}
