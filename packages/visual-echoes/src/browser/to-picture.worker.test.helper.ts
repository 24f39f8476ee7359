import { toPicture } from './to-picture.js';

onmessage = async ({ data }) => postMessage(await toPicture(data));
