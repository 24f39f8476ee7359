import type { TaskName } from 'visual-echoes';
import { ActionBar } from '../controls/action-bar.js';
import { ControlPanel } from '../controls/control-panel.js';
import { useSession } from '../state/session-context.js';
import { TASKS } from '../tasks.js';
import { DrawInput } from './draw-input.js';
import { DreamInput } from './dream-input.js';
import { RepairInput } from './repair-input.js';
import { SpeakInput } from './speak-input.js';

const INPUTS: Record<TaskName, () => preact.JSX.Element> = {
  imageToAudio: DrawInput,
  audioToImage: SpeakInput,
  coGenerate: DreamInput,
  complete: RepairInput,
};

/** What the visitor gives, the button, and how it is sampled. */
export function GivePanel() {
  const task = useSession().task.value;
  const Input = INPUTS[task];
  return (
    <section class="give" aria-labelledby="give-heading">
      <h2 id="give-heading">You give</h2>
      <p class="hint">{TASKS[task].hint}</p>
      <div class="input" data-task={task}>
        <Input key={task} />
      </div>
      <ActionBar />
      <ControlPanel />
    </section>
  );
}
