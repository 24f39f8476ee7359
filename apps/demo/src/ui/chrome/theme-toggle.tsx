import { theme, toggleTheme } from '../state/theme.js';
import { Icon } from './icon.js';

/** Light or dark. */
export function ThemeToggle() {
  const isDark = theme.value === 'dark';
  const words = isDark ? 'Use the light look' : 'Use the dark look';
  return (
    <button
      type="button"
      class="quiet icon-only"
      aria-label={words}
      title={words}
      data-testid="theme"
      onClick={toggleTheme}
    >
      <Icon name={isDark ? 'sun' : 'moon'} />
    </button>
  );
}
