import { PictureSound } from './picture-sound.js';

export { PictureSound };

// Not in Node, and not twice.
if (globalThis.customElements && !customElements.get('picture-sound')) {
  customElements.define('picture-sound', PictureSound);
}
