import type { Controls } from '../../studio/protocol.js';
import { Choice } from '../give/choice.js';
import { useSession } from '../state/session-context.js';
import { SeedField } from './seed-field.js';
import { Slider } from './slider.js';

/** Until the model tells its own. */
const BEFORE: Required<Controls> = { steps: 8, guidance: 2, temperature: 0.4, order: 'halton' };

/** How it is sampled; the model's own settings where nothing is changed. */
export function ControlPanel() {
  const session = useSession();
  const { settings, model } = session;
  const task = session.task.value;
  const changed = settings.controls[task].value;
  const { steps, guidance, temperature, order } = { ...(model.value?.defaults[task] ?? BEFORE), ...changed };
  const change = (controls: Controls) => settings.change(task, controls);
  return (
    <details class="controls" data-testid="controls">
      <summary>Fine-tune</summary>
      <Choice
        legend="Variations"
        name="count"
        options={[1, 2, 3, 4].map((value) => ({ value, text: String(value) }))}
        value={settings.count.value}
        onChoose={(count) => {
          settings.count.value = count;
        }}
        help="So many results side by side, each of a seed of its own."
      />
      <Slider
        label="Steps"
        help="In how many goes the tokens are filled in. More are slower, and often finer."
        min={1}
        max={24}
        step={1}
        value={steps}
        testId="steps"
        onChange={(value) => change({ steps: value })}
      />
      <Slider
        label="Guidance"
        help="How strictly it keeps to what is given; 1 is no extra push."
        min={1}
        max={6}
        step={0.25}
        value={guidance}
        testId="guidance"
        onChange={(value) => change({ guidance: value })}
      />
      <Slider
        label="Temperature"
        help="Low is plain and safe, high is varied and wild."
        min={0}
        max={2}
        step={0.05}
        value={temperature}
        testId="temperature"
        onChange={(value) => change({ temperature: value })}
      />
      <Choice
        legend="Order"
        name="order"
        options={[
          { value: 'confidence', text: 'Surest first' },
          { value: 'halton', text: 'Evenly spread' },
        ]}
        value={order}
        onChoose={(value) => change({ order: value })}
        help="Which tokens come first: those it is surest of, or some of everywhere (Halton)."
      />
      <SeedField />
      <button type="button" class="quiet" data-testid="reset" onClick={() => settings.reset(task)}>
        Back to the model's own
      </button>
    </details>
  );
}
