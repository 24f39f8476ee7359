/** Paths on a sheet of 24×24, drawn with lines of 1.75. */
const PATHS = {
  play: 'M8 5.5v13l10.5-6.5z',
  stop: 'M7 7h10v10H7z',
  loop: 'M17 3l3 3-3 3M4 11V9a3 3 0 0 1 3-3h13M7 21l-3-3 3-3M20 13v2a3 3 0 0 1-3 3H4',
  undo: 'M9 7L4 12l5 5M4 12h10a6 6 0 0 1 6 6v1',
  clear: 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13',
  open: 'M4 20h16M12 16V4M7 9l5-5 5 5',
  camera: 'M4 8h3l2-3h6l2 3h3v11H4zM12 10a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7z',
  microphone: 'M12 3a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3zM5 11a7 7 0 0 0 14 0M12 18v3',
  save: 'M4 20h16M12 4v12M7 11l5 5 5-5',
  share: 'M10 14a4 4 0 0 0 6 0l3-3a4.2 4.2 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4.2 4.2 0 0 0 6 6l1-1',
  repair: 'M14 4l6 6-9 9H6l-3-3zM9 9l6 6M11 20h10',
  replay: 'M5 4v5h5M5.5 9a8 8 0 1 1-1.4 5',
  dice: 'M5 4h14v16H5zM9 8h.01M15 16h.01M12 12h.01M15 8h.01M9 16h.01',
  close: 'M6 6l12 12M18 6L6 18',
  sun: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.4 1.4M17.6 17.6L19 19M19 5l-1.4 1.4M6.4 17.6L5 19',
  moon: 'M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z',
  more: 'M7 10l5 5 5-5',
} as const;

export type IconName = keyof typeof PATHS;

const FILLED: readonly IconName[] = ['play', 'stop'];

/** A small drawing beside or in place of words; says nothing to screen readers. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg
      class="icon"
      viewBox="0 0 24 24"
      aria-hidden="true"
      focusable="false"
      data-filled={FILLED.includes(name)}
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
