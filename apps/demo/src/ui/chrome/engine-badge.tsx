import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { EngineName } from '../../studio/protocol.js';
import { Choice } from '../give/choice.js';
import { useSession } from '../state/session-context.js';
import { Icon } from './icon.js';

/** What runs the model and how fast; opens a menu to run it otherwise. */
export function EngineBadge() {
  const { studio } = useSession();
  const isOpen = useSignal(false);
  const chosen = useSignal<EngineName | undefined>(undefined);
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const state = studio.state.value;
  const took = studio.took.value;

  useEffect(() => {
    if (!isOpen.value) return;
    const close = (event: Event) => {
      const isEscape = event instanceof KeyboardEvent && event.key === 'Escape';
      const isOutside = !(event instanceof KeyboardEvent) && !box.current!.contains(event.target as Node);
      if (!isEscape && !isOutside) return;
      isOpen.value = false;
      if (isEscape) button.current!.focus();
    };
    addEventListener('pointerdown', close);
    addEventListener('keydown', close);
    return () => {
      removeEventListener('pointerdown', close);
      removeEventListener('keydown', close);
    };
  }, [isOpen.value]);

  return (
    <div class="engine" ref={box}>
      <button
        ref={button}
        type="button"
        class="badge"
        aria-expanded={isOpen.value}
        aria-controls="engine-menu"
        data-testid="engine"
        data-phase={state.phase}
        onClick={() => {
          isOpen.value = !isOpen.value;
        }}
      >
        <span class="visually-hidden">Engine: </span>
        {state.phase === 'ready'
          ? shortLabel(state.engine.label)
          : state.phase === 'loading'
            ? `Loading ${Math.floor(100 * state.share)} %`
            : 'Not running'}
        {state.phase === 'ready' && took !== undefined && <span class="number">{duration(took)}</span>}
        <Icon name="more" />
      </button>
      {isOpen.value && (
        <div id="engine-menu" class="menu" data-testid="engine-menu">
          <Choice
            legend="Runs on"
            name="engine"
            options={[
              { value: undefined, text: 'Automatic' },
              { value: 'webgpu', text: 'WebGPU' },
              { value: 'wasm', text: 'WebAssembly' },
            ]}
            value={chosen.value}
            onChoose={(engine) => {
              chosen.value = engine;
              studio.use(engine);
            }}
          />
          {state.phase === 'ready' && (
            <>
              <p>{state.engine.label}</p>
              {took !== undefined && <p>The latest result took {duration(took)}.</p>}
              {state.engine.skipped.length > 0 && (
                <dl>
                  {state.engine.skipped.map(({ name, reason }) => (
                    <div key={name}>
                      <dt>Why not {name}</dt>
                      <dd>{reason}</dd>
                    </div>
                  ))}
                </dl>
              )}
            </>
          )}
          {state.phase === 'failed' && (
            <button type="button" class="plain" data-testid="retry" onClick={() => studio.start()}>
              Try again
            </button>
          )}
        </div>
      )}
    </div>
  );
}

/** `WebAssembly (tfjs-backend-wasm 4.22.0, …)` → `WebAssembly`. */
const shortLabel = (label: string) => label.replace(/\s*\(.*$/s, '');

const duration = (milliseconds: number) =>
  milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
