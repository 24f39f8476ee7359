import type { ModelInfo, Tokens } from '../../studio/protocol.js';
import type { Run } from '../state/run.js';

/** What a step did, in words; each class of the model is a `noun`. */
export function stepWords(run: Run, model: ModelInfo | undefined, noun: string): string {
  const step = run.shown.value;
  if (step === 0) return 'Before the first step';
  const report = run.reports.value[step - 1];
  if (!report) return '';
  const [{ tokens, fixed }, ...others] = report.variations;
  if (Object.values(fixed).every((fresh) => fresh.length === 0)) {
    return 'done, while another is drawn once more';
  }
  const named = (field: string, names: readonly string[] | undefined) =>
    fixed[field]?.length && others.length === 0 ? names?.[tokens[field][0]] : undefined;
  const label = named('label', model?.labels);
  const voice = named('voice', model?.voices);
  const before = run.reports.value[step - 2]?.variations[0].tokens;
  const parts = [
    before && isDrawnAgain(before, tokens) && 'once more',
    label && `it is “${label}”`,
    voice && `in the voice of ${voice}`,
    added('picture', tokens, fixed, 'image'),
    added('sound', tokens, fixed, 'audio'),
  ].filter((part) => part);
  if (parts.length === 0) return `which ${noun}${model?.voices.length ? ', and whose voice' : ''}`;
  return parts.join(', ');
}

/** Whether a step began anew with what was full: the model did not read the class in it that it was made for. */
const isDrawnAgain = (before: Tokens, tokens: Tokens) =>
  Object.keys(tokens).some((field) => before[field] && known(tokens[field]) < known(before[field]));

const known = (tokens: Int32Array) => tokens.filter((token) => token >= 0).length;

function added(name: string, tokens: Tokens, fixed: Tokens, field: string): string {
  const fresh = fixed[field]?.length ?? 0;
  if (fresh === 0) return '';
  return `${fresh} new ${name} ${fresh === 1 ? 'token' : 'tokens'}, ${known(tokens[field])} of ${tokens[field].length}`;
}
