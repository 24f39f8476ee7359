import { render } from 'preact';
import { keepPage } from './service-worker/keep-page.js';
import { Studio } from './studio/studio.js';
import './styles/page.css';
import { App } from './ui/app.js';
import { modelOfSearch } from './ui/models/models.js';
import { Session } from './ui/state/session.js';

/** Lets the browser do something else: each part of the start is a task of its own, so that none holds the page up. */
const pause = () => new Promise((resolve) => setTimeout(resolve));

const { about, unknown } = modelOfSearch(location.search);
const threads = new URLSearchParams(location.search).get('threads');
const studio = new Studio({
  model: new URL(`model/${about.id}/`, document.baseURI).href,
  threads: threads === null ? undefined : Number(threads),
});
await pause();
const session = new Session(studio, about);
if (unknown !== undefined)
  session.notice.value = `There is no model “${unknown}” here. “${about.name}” is shown instead.`;
// For tests, and for the curious.
if (new URLSearchParams(location.search).has('debug')) Object.assign(globalThis, { studio, session });

await pause();
render(<App session={session} />, document.getElementById('app')!);
const ready = new Promise<void>((resolve) => {
  studio.state.subscribe(({ phase }) => phase === 'ready' && resolve());
});
// The first screen is painted before the model takes the processor. A tab in the background paints nothing.
await Promise.race([
  new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))),
  new Promise((resolve) => setTimeout(resolve, 300)),
]);
studio.start();
void keepPage(ready, about.id);
