import type { AboutModel } from './about-model.js';
import { DIGITS } from './digits.js';
import { SOUNDS } from './sounds.js';

/** The models to choose from; the first is that of an address that names none. */
export const MODELS: readonly AboutModel[] = [DIGITS, SOUNDS];

/** What names the model in an address. */
const PARAMETER = 'model';

/**
 * The model that an address names, the first where it names none.
 * @param search `location.search`
 * @returns also the name that is none of a model, where it has one.
 */
export function modelOfSearch(search: string): { about: AboutModel; unknown?: string } {
  const id = new URLSearchParams(search).get(PARAMETER) ?? MODELS[0].id;
  const about = MODELS.find((one) => one.id === id);
  return about ? { about } : { about: MODELS[0], unknown: id };
}

/** The same address with a model, and with `hash` after `#`; all else stays. */
export function addressWith({ id }: AboutModel, address: string, hash: string): string {
  const url = new URL(address);
  if (id === MODELS[0].id) url.searchParams.delete(PARAMETER);
  else url.searchParams.set(PARAMETER, id);
  url.hash = hash;
  return url.href;
}
