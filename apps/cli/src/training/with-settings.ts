import { ConfigurationError } from '@visual-echoes/core';

/**
 * Settings with some replaced: `training.steps=500` puts the number there, a value that is no JSON stands for itself.
 * What the settings may hold, whoever reads them checks.
 * @throws ConfigurationError where a pair is none, or its path leads through something that has no entries.
 */
export function withSettings(settings: unknown, pairs: readonly string[]): unknown {
  const changed = structuredClone(settings);
  for (const pair of pairs) {
    const [, path, text] = /^([^=]+)=(.*)$/s.exec(pair) ?? [];
    if (path === undefined) {
      throw new ConfigurationError(`"${pair}" is not SETTING=VALUE; write such as training.steps=500.`);
    }
    const names = path.split('.');
    const last = names.pop()!;
    let place = changed;
    for (const name of names) place = entriesOf(place, pair)[name] ??= {};
    entriesOf(place, pair)[last] = parsed(text);
  }
  return changed;
}

function entriesOf(place: unknown, pair: string): Record<string, unknown> {
  if (typeof place === 'object' && place !== null && place !== Object.prototype) {
    return place as Record<string, unknown>;
  }
  throw new ConfigurationError(`"${pair}" leads through something that has no settings of its own.`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
