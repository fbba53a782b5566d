import { isJsonObject, type JsonObject } from '@croft/foundation/json';

/** Which values an administrator has set, without what they are: `true` in the place of each. */
export type Places = { [key: string]: true | Places };

export function placesOf(values: JsonObject): Places {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, isJsonObject(value) ? placesOf(value as JsonObject) : true]),
  );
}

const noPlaces: Places = {};

/**
 * The values without those that an administrator had set and has taken back, so that defaults stand there again. What
 * stands where a default makes a password stays: the application knows that password by now.
 */
export function withoutTakenBack(
  values: JsonObject,
  { had, has, defaults }: { had: Places; has: Places; defaults: JsonObject },
): JsonObject {
  const kept: JsonObject = { ...values };
  for (const [key, place] of Object.entries(had)) {
    const value = values[key];
    const initial = defaults[key];
    const now = has[key];
    if (value === undefined || now === true || isPassword(initial)) continue;
    if (place !== true && isJsonObject(value)) {
      const below = {
        had: place,
        has: now ?? noPlaces,
        defaults: isJsonObject(initial) ? (initial as JsonObject) : {},
      };
      const rest = withoutTakenBack(value as JsonObject, below);
      if (Object.keys(rest).length > 0 || now !== undefined) kept[key] = rest;
      else delete kept[key];
    } else if (now === undefined) delete kept[key];
  }
  return kept;
}

function isPassword(initial: unknown): boolean {
  return typeof initial === 'string' && initial.includes('${password:');
}
