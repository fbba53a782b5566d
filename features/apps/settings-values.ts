import { randomInt } from 'node:crypto';
import { isJsonObject, type Json, type JsonObject, jsonEqual } from '@croft/foundation/json';
import { type Places, placesOf, withoutTakenBack } from './own-values.ts';

export interface Placeholders {
  domain: string;
  /** The port of the front door as it stands in addresses: empty for 443, else `:8443`. */
  portSuffix: string;
}

export interface ComposeOptions {
  /** The application's settings with placeholders. */
  template: JsonObject;
  placeholders: Placeholders;
  /** The values as they stand; empty at first. */
  existing: JsonObject;
  /** The template as it was filled the last time, passwords left as placeholders. */
  lastDefaults: JsonObject;
  /** The administrator's own values: they win. */
  own: JsonObject;
  /** Where own values stood the last time. */
  lastOwn: Places;
}

/**
 * The values of a settings Secret. What stands there is never overwritten, but for values that are still as an earlier
 * default made them (a changed domain reaches them), and those that the administrator has taken back. Passwords are made
 * once.
 */
export function composeValues({
  template,
  placeholders,
  existing: stored,
  lastDefaults,
  own,
  lastOwn,
}: ComposeOptions): {
  values: JsonObject;
  defaults: JsonObject;
} {
  const defaults = fillText(template, placeholders) as JsonObject;
  const existing = withoutTakenBack(stored, { had: lastOwn, has: placesOf(own), defaults });
  const passwords = new Map<string, string>();
  const values = mergeDefaults(defaults, existing, lastDefaults, (text) =>
    fillPasswords(text, passwords, existing, defaults),
  );
  return { values: overlay(values, own), defaults };
}

function fillText(value: Json, placeholders: Placeholders): Json {
  if (typeof value === 'string') {
    return value.replaceAll('${domain}', placeholders.domain).replaceAll('${portSuffix}', placeholders.portSuffix);
  }
  if (Array.isArray(value)) return value.map((item) => fillText(item, placeholders));
  if (isJsonObject(value)) return mapValues(value as JsonObject, (item) => fillText(item, placeholders));
  return value;
}

function mergeDefaults(
  defaults: JsonObject,
  existing: JsonObject,
  last: JsonObject,
  fill: (text: string) => string,
): JsonObject {
  const merged: JsonObject = { ...existing };
  for (const [key, wanted] of Object.entries(defaults)) {
    const present = existing[key];
    if (isJsonObject(wanted)) {
      const lastBelow = last[key];
      if (present === undefined || isJsonObject(present)) {
        merged[key] = mergeDefaults(
          wanted as JsonObject,
          (present ?? {}) as JsonObject,
          isJsonObject(lastBelow) ? (lastBelow as JsonObject) : {},
          fill,
        );
      }
    } else if (present === undefined || (jsonEqual(present, last[key]) && !jsonEqual(present, wanted))) {
      merged[key] = typeof wanted === 'string' ? fill(wanted) : wanted;
    }
  }
  return merged;
}

const passwordPlaceholder = /\$\{password:([a-zA-Z0-9_-]+)\}/g;

/** The same name gives the same password, also where an earlier run has put it already. */
function fillPasswords(
  text: string,
  passwords: Map<string, string>,
  existing: JsonObject,
  defaults: JsonObject,
): string {
  return text.replace(passwordPlaceholder, (_, name: string) => {
    const password =
      passwords.get(name) ?? findExisting(`\${password:${name}}`, existing, defaults) ?? generatePassword();
    passwords.set(name, password);
    return password;
  });
}

function findExisting(placeholder: string, existing: JsonObject, defaults: JsonObject): string | undefined {
  for (const [key, wanted] of Object.entries(defaults)) {
    const present = existing[key];
    if (wanted === placeholder && typeof present === 'string') return present;
    if (isJsonObject(wanted) && isJsonObject(present)) {
      const found = findExisting(placeholder, present as JsonObject, wanted as JsonObject);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

const alphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789';

/** 32 letters and digits, none that look alike. */
export function generatePassword(): string {
  return Array.from({ length: 32 }, () => alphabet[randomInt(alphabet.length)]).join('');
}

/** Tables are merged, all else is replaced. */
export function overlay(base: JsonObject, over: JsonObject): JsonObject {
  const result: JsonObject = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const below = result[key];
    result[key] =
      isJsonObject(value) && isJsonObject(below) ? overlay(below as JsonObject, value as JsonObject) : value;
  }
  return result;
}

function mapValues(object: JsonObject, map: (value: Json) => Json): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value)]));
}
