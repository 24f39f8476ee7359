import { keepPage } from './service-worker/keep-page.js';
import { Studio } from './studio/studio.js';

const studio = new Studio({ model: new URL('model/', document.baseURI).href });
Object.assign(globalThis, { studio });
const ready = new Promise<void>((resolve) => {
  studio.state.subscribe(({ phase }) => phase === 'ready' && resolve());
});
studio.start();
void keepPage(ready);
