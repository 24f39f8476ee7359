import { Icon } from '../chrome/icon.js';
import { useSession } from '../state/session-context.js';

/** The seed: chosen, drawn anew, or kept. */
export function SeedField() {
  const { settings } = useSession();
  return (
    <div class="control seed">
      <label for="control-seed">Seed</label>
      <div class="row">
        <input
          id="control-seed"
          type="number"
          inputMode="numeric"
          min={0}
          max={4_294_967_295}
          step={1}
          value={settings.seed.value}
          aria-describedby="control-seed-help"
          data-testid="seed"
          onChange={({ currentTarget }) => {
            const seed = Math.floor(Number(currentTarget.value));
            if (!(seed >= 0 && seed <= 4_294_967_295)) {
              currentTarget.value = String(settings.seed.value);
              return;
            }
            settings.seed.value = seed;
            settings.keepsSeed.value = true; // who types one wants that one
          }}
        />
        <button
          type="button"
          class="plain icon-only"
          aria-label="Draw another seed"
          title="Draw another seed"
          data-testid="reroll"
          onClick={() => settings.reroll()}
        >
          <Icon name="dice" />
        </button>
        <label class="check">
          <input
            type="checkbox"
            checked={settings.keepsSeed.value}
            data-testid="keep-seed"
            onChange={({ currentTarget }) => {
              settings.keepsSeed.value = currentTarget.checked;
            }}
          />
          Keep it
        </label>
      </div>
      <p class="help" id="control-seed-help">
        The same seed gives the same result. Unless it is kept, each go draws another.
      </p>
    </div>
  );
}
