// Before the first paint, so that a chosen theme does not flash. `src/ui/state/theme.ts` does the rest.
try {
  const theme = localStorage.getItem('visual-echoes theme');
  if (theme) document.documentElement.dataset.theme = theme;
} catch {}
