import { computed, effect, signal } from '@preact/signals';

export type Theme = 'light' | 'dark';

/** Also read by `public/theme.js`, before anything is painted. */
const KEY = 'visual-echoes theme';

const system = matchMedia('(prefers-color-scheme: dark)');
const systemTheme = signal<Theme>(system.matches ? 'dark' : 'light');
system.addEventListener('change', () => {
  systemTheme.value = system.matches ? 'dark' : 'light';
});

const chosen = signal<Theme | undefined>(stored());

/** Light or dark: what was chosen, else what the system says. */
export const theme = computed<Theme>(() => chosen.value ?? systemTheme.value);

/** Whether things may move by themselves. */
export const stillness = matchMedia('(prefers-reduced-motion: reduce)');

export function toggleTheme(): void {
  const next = theme.value === 'dark' ? 'light' : 'dark';
  // Going back to the system's own is no choice any more, so that the page follows the system again.
  chosen.value = next === systemTheme.value ? undefined : next;
  try {
    if (chosen.value) localStorage.setItem(KEY, chosen.value);
    else localStorage.removeItem(KEY);
  } catch {
    // without storage, the choice lasts as long as the page
  }
}

effect(() => {
  if (chosen.value) document.documentElement.dataset.theme = chosen.value;
  else delete document.documentElement.dataset.theme;
});

function stored(): Theme | undefined {
  try {
    const value = localStorage.getItem(KEY);
    return value === 'dark' || value === 'light' ? value : undefined;
  } catch {
    return undefined;
  }
}
