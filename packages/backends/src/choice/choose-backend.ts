import { BackendError, ConfigurationError } from '@visual-echoes/core';
import { selfCheck as runSelfCheck } from '../self-check/index.js';
import { type Candidate, firstLine } from './candidate.js';

/** The backend that is now current. */
export interface ChosenBackend<Name extends string> {
  name: Name;
  /** Its name for people, such as `TensorFlow on the CPU (tfjs-node)`. */
  label: string;
  /** The faster engines, by package, each with the reason in one line. */
  skipped: { name: string; reason: string }[];
}

/** How `chooseBackend` chooses. */
export interface Choice<Options> {
  /** Only this backend will do. */
  wanted: string | undefined;
  /** Who asks for it, for the message about a name that is none. */
  askedBy: string;
  startOptions: Options;
  selfCheck: boolean;
  onMessage: (message: string) => void;
  /** What to get where there is nothing at all. */
  remedy: string;
}

/**
 * Starts the candidates one after the other, until one starts and computes right.
 *
 * @throws BackendError, with the remedy, where none does; ConfigurationError for a name that is none.
 */
export async function chooseBackend<Name extends string, Options>(
  candidates: readonly Candidate<Name, Options>[],
  { wanted, askedBy, startOptions, selfCheck, onMessage, remedy }: Choice<Options>,
): Promise<ChosenBackend<Name>> {
  const tried = candidates.filter(({ name }) => wanted === undefined || name === wanted);
  if (tried.length === 0) {
    const names = [...new Set(candidates.map(({ name }) => name))].join(', ');
    throw new ConfigurationError(`${askedBy} is "${wanted}"; it may be ${names}.`);
  }
  const skipped: ChosenBackend<Name>['skipped'] = [];
  for (const candidate of tried) {
    const { name, packageName } = candidate;
    for (const start of [candidate.start, candidate.startPlainly]) {
      if (!start) continue;
      try {
        const label = await start(startOptions);
        if (selfCheck) await trust(name);
        onMessage(describe(label, wanted === undefined ? skipped : []));
        return { name, label, skipped };
      } catch (error) {
        const reason = firstLine(error);
        if (!skipped.some((one) => one.reason === reason)) skipped.push({ name: packageName, reason });
      }
    }
  }
  const reasons = skipped.map(({ reason }) => reason).join('; ');
  throw new BackendError(
    `${wanted ? `The backend ${wanted} is not` : 'No backend is'} available: ${reasons}. Get ${
      wanted === undefined ? `one: ${remedy}` : `it: ${tried[tried.length - 1].remedy}`
    }`,
  );
}

async function trust(name: string): Promise<void> {
  const { ok, failures } = await runSelfCheck();
  if (!ok)
    throw new BackendError(`${name} computes wrong numbers (${failures.map((f) => f.message).join('; ')})`);
}

function describe(label: string, skipped: ChosenBackend<string>['skipped']): string {
  // What needs a GPU is rarely there: worth a word only where it is installed, and fails on one.
  const told = skipped.filter(
    ({ name, reason }) => !name.endsWith('gpu') || !/not installed$|^no GPU/.test(reason),
  );
  const why = told.map(({ reason }) => reason).join('; ');
  return `Backend: ${label}${why && ` (${why})`}`;
}
