import type { ErrorReport } from '../studio/protocol.js';
/** An error as a message can carry it; what is not one of ours is a bug, and said as such. */
export declare function errorReport(error: unknown): ErrorReport;
