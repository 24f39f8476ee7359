import { EngineBadge } from './engine-badge.js';
import { Mark } from './mark.js';
import { ThemeToggle } from './theme-toggle.js';

/** The name, what runs, light or dark. */
export function SiteHeader() {
  return (
    <header class="site">
      <a class="name" href="#draw">
        <Mark />
        <span>Visual Echoes</span>
      </a>
      <EngineBadge />
      <ThemeToggle />
    </header>
  );
}
