import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { StudioState } from '../../studio/studio.js';
import { ENGINES, plainEngineName } from '../engines.js';
import { Choice } from '../give/choice.js';
import { useSession } from '../state/session-context.js';
import { Icon } from './icon.js';

/** What runs the model and how fast; opens a menu to run it otherwise. */
export function EngineBadge() {
  const session = useSession();
  const { studio } = session;
  const isOpen = useSignal(false);
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
        <span class="what">
          {wordsOf(state)}
          {state.phase === 'ready' && took !== undefined && <span class="number">{duration(took)}</span>}
        </span>
        <Icon name="more" />
      </button>
      {isOpen.value && (
        <div id="engine-menu" class="menu" data-testid="engine-menu">
          <Choice
            legend="Runs on"
            name="engine"
            options={[
              { value: undefined, text: 'Automatic' },
              { value: 'webgpu', text: ENGINES.webgpu },
              { value: 'wasm', text: ENGINES.wasm },
            ]}
            value={session.engine.value}
            onChoose={(engine) => session.useEngine(engine)}
          />
          {state.phase === 'ready' && (
            <>
              <p>{state.engine.label}</p>
              {took !== undefined && <p>The latest result took {duration(took)}.</p>}
              {state.engine.skipped.length > 0 && (
                <dl>
                  {state.engine.skipped.map(({ name, reason }) => (
                    <div key={name}>
                      <dt>Why not {plainEngineName(name)}</dt>
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

function wordsOf(state: StudioState): string {
  if (state.phase === 'loading') return `Loading ${Math.floor(100 * state.share)} %`;
  if (state.phase === 'failed') return 'Not running';
  return state.engine.label.replace(/\s*\(.*$/s, ''); // `WebAssembly (tfjs-backend-wasm 4.22.0, …)`
}

const duration = (milliseconds: number) =>
  milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
