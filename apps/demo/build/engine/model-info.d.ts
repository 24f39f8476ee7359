import type { VisualEchoes } from 'visual-echoes';
import type { ModelInfo } from '../studio/protocol.js';
/** What of a model the page has to know. */
export declare function modelInfo({ manifest, fields, labels, voices }: VisualEchoes): ModelInfo;
