import { toPicture } from './to-picture.js';

globalThis.addEventListener('message', async ({ data }) => postMessage(await toPicture(data)));
