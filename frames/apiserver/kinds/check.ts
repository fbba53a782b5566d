import { type FieldError, invalidField, requiredField, unsupportedField } from '@croft/api/field-error';
import {
  dns1123LabelErrors,
  dns1123SubdomainErrors,
  percentErrors,
  portNameErrors,
  portNumberErrors,
  qualifiedNameErrors,
} from '@croft/api/names';
import { jsonEqual } from '@croft/foundation/json';

export type IntOrString = number | string;

/** Each message as an error of the same field and value. */
export function invalidFor(path: string, value: unknown, messages: readonly string[]): FieldError[] {
  return messages.map((message) => invalidField(path, value, message));
}

export function checkLabelName(path: string, value: string): FieldError[] {
  return invalidFor(path, value, dns1123LabelErrors(value));
}

export function checkSubdomain(path: string, value: string): FieldError[] {
  return invalidFor(path, value, dns1123SubdomainErrors(value));
}

/** `acme.io/foo`. */
export function checkDomainPath(path: string, value: string): FieldError[] {
  if (value === '') return [requiredField(path)];
  const slash = value.indexOf('/');
  const [host, rest] = [value.slice(0, Math.max(slash, 0)), value.slice(slash + 1)];
  if (slash < 1 || rest === '') {
    return invalidFor(path, value, ['must be a domain-prefixed path (such as "acme.io/foo")']);
  }
  const letters = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+";
  const fits = new RegExp(`^${letters}$`).test(rest);
  const fault = `Invalid path (regex used for validation is '${letters}')`;
  return [...checkSubdomain(path, host), ...(fits ? [] : [invalidField(path, rest, fault)])];
}

export function checkQualifiedName(path: string, value: string): FieldError[] {
  return invalidFor(path, value, qualifiedNameErrors(value));
}

export function checkNonNegative(path: string, value: number | undefined): FieldError[] {
  return value !== undefined && value < 0 ? [invalidField(path, value, 'must be greater than or equal to 0')] : [];
}

export function checkPort(path: string, port: number): FieldError[] {
  return invalidFor(path, port, portNumberErrors(port));
}

export function checkPortOrName(path: string, port: IntOrString): FieldError[] {
  return invalidFor(path, port, typeof port === 'number' ? portNumberErrors(port) : portNameErrors(port));
}

/** Supported values are named in alphabetical order, as most of Kubernetes' sets are. */
export function checkOneOf(path: string, value: string, supported: readonly string[]): FieldError[] {
  return supported.includes(value) ? [] : [unsupportedField(path, value, supported)];
}

/** An empty value is missing, another one has to be supported. */
export function checkChoice(path: string, value: string | undefined, supported: readonly string[]): FieldError[] {
  return value === undefined || value === '' ? [requiredField(path)] : checkOneOf(path, value, supported);
}

/** `print` gives the value as the error shows it, where JSON of the API does not do. */
export function checkImmutable(path: string, value: unknown, old: unknown, print = value): FieldError[] {
  return jsonEqual(value, old) ? [] : [invalidField(path, print ?? null, 'field is immutable')];
}

/** A number that is not negative, or a percentage. */
export function checkCountOrPercent(path: string, value: IntOrString): FieldError[] {
  return typeof value === 'string' ? invalidFor(path, value, percentErrors(value)) : checkNonNegative(path, value);
}

export function checkAtMostAll(path: string, value: IntOrString): FieldError[] {
  const percent = percentOf(value);
  return percent !== undefined && percent > 100 ? [invalidField(path, value, 'must not be greater than 100%')] : [];
}

export function percentOf(value: IntOrString): number | undefined {
  return typeof value === 'string' && /^[0-9]+%$/.test(value) ? Number(value.slice(0, -1)) : undefined;
}

/** Zero, also when it is written as a percentage. */
export function isZeroCount(value: IntOrString | undefined): boolean {
  return value === undefined || value === 0 || percentOf(value) === 0;
}

/** A map with its keys in order, as Go prints maps. */
export function sortedMap<T>(map: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(map).sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0)));
}

/** What the list has twice; the second and later ones with their indexes. */
export function duplicates<T>(items: readonly T[], keyOf: (item: T) => string | undefined): [number, T][] {
  const seen = new Set<string>();
  const found: [number, T][] = [];
  items.forEach((item, index) => {
    const key = keyOf(item);
    if (key === undefined) return;
    if (seen.has(key)) found.push([index, item]);
    seen.add(key);
  });
  return found;
}
