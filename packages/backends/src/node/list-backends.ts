import { listCandidates, type ReportOf } from '../choice/list-candidates.js';
import { type BackendName, candidates } from './candidates.js';

/** One engine as found here. */
export type BackendReport = ReportOf<BackendName>;

/**
 * Starts, checks and measures every engine, the fastest kind first; the backend that was current is current again
 * afterwards. Takes a second or two.
 */
export const listBackends = ({ from }: { from?: readonly string[] } = {}): Promise<BackendReport[]> =>
  listCandidates(candidates, { from });
