import * as tf from '@tensorflow/tfjs-core';
import { type BackendSpeed, measureSpeed, type SelfCheckResult, selfCheck } from '../self-check/index.js';
import { type Candidate, firstLine } from './candidate.js';

/** One engine as found here. */
export interface ReportOf<Name extends string> {
  name: Name;
  packageName: string;
  available: boolean;
  /** Its name for people, where available. */
  label?: string;
  /** Why it is not available, in one line. */
  reason?: string;
  /** How to get it, where it is not available. */
  remedy?: string;
  selfCheck?: SelfCheckResult;
  /** GFLOP/s; left out where the self-check failed. */
  speed?: BackendSpeed;
}

/**
 * Starts, checks and measures every candidate, in their order; the backend that was current is current again afterwards.
 */
export async function listCandidates<Name extends string, Options>(
  candidates: readonly Candidate<Name, Options>[],
  options: Options,
): Promise<ReportOf<Name>[]> {
  const before = Object.keys(tf.engine().registry).length > 0 ? tf.getBackend() : undefined;
  const reports: ReportOf<Name>[] = [];
  for (const { name, packageName, remedy, start } of candidates) {
    const other = reports.find((report) => report.name === name && report.available);
    if (other) {
      const reason = `not tried: ${other.packageName} already gives the backend ${name}`;
      reports.push({ name, packageName, available: false, reason });
      continue;
    }
    try {
      const label = await start(options);
      const check = await selfCheck();
      const report: ReportOf<Name> = { name, packageName, available: true, label, selfCheck: check };
      if (check.ok) report.speed = await measureSpeed();
      reports.push(report);
    } catch (error) {
      reports.push({ name, packageName, available: false, reason: firstLine(error), remedy });
    }
  }
  if (before) await tf.setBackend(before);
  return reports;
}
