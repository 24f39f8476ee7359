import { render } from 'preact';
import { keepPage } from './service-worker/keep-page.js';
import { Studio } from './studio/studio.js';
import './styles/page.css';
import { App } from './ui/app.js';
import { Session } from './ui/state/session.js';

const studio = new Studio({ model: new URL('model/', document.baseURI).href });
const session = new Session(studio);
// For tests, and for the curious.
if (new URLSearchParams(location.search).has('debug')) Object.assign(globalThis, { studio, session });

const ready = new Promise<void>((resolve) => {
  studio.state.subscribe(({ phase }) => phase === 'ready' && resolve());
});
render(<App session={session} />, document.getElementById('app')!);
studio.start();
void keepPage(ready);
