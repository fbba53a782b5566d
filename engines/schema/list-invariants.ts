import { duplicateField, type FieldError, invalidField } from '@croft/api/field-error';
import { isJsonObject } from '@croft/foundation/json';
import { readKey } from '@croft/foundation/json-keys';
import { childPath } from './findings.ts';
import type { StructuralSchema } from './structural-schema.ts';

/** Items that a list of type `set` or `map` has twice; each is told once, at its second place. */
export function validateListInvariants(value: unknown, schema: StructuralSchema | undefined, path = ''): FieldError[] {
  if (schema === undefined) return [];
  if (Array.isArray(value)) {
    return [
      ...validateList(value, schema, path),
      ...value.flatMap((item, index) => validateListInvariants(item, schema.items, `${path}[${index}]`)),
    ];
  }
  if (!isJsonObject(value)) return [];
  const { properties = {}, additionalProperties: rest } = schema;
  return Object.keys(value).flatMap((key) => {
    const child = readKey(value, key);
    if (typeof child !== 'object' || child === null) return [];
    if (Object.hasOwn(properties, key)) return validateListInvariants(child, properties[key], childPath(path, key));
    return typeof rest === 'object' ? validateListInvariants(child, rest, `${path}[${key}]`) : [];
  });
}

function validateList(list: readonly unknown[], schema: StructuralSchema, path: string): FieldError[] {
  const type = schema['x-kubernetes-list-type'];
  if (type === 'set') return findDuplicates(list, list, path);
  if (type !== 'map') return [];
  const wrong = list.findIndex((item) => item !== null && !isJsonObject(item));
  if (wrong >= 0) {
    return [invalidField(`${path}[${wrong}]`, list[wrong], 'must be an object for an array of list-type map')];
  }
  const names = schema['x-kubernetes-list-map-keys'] ?? [];
  const keys = list.map((item) => pickKeys(item, names));
  return findDuplicates(keys, keys, path);
}

function pickKeys(item: unknown, names: readonly string[]): object {
  if (!isJsonObject(item)) return {};
  const present = names.filter((name) => Object.hasOwn(item, name));
  return Object.fromEntries(present.map((name) => [name, item[name]]));
}

function findDuplicates(identities: readonly unknown[], shown: readonly unknown[], path: string): FieldError[] {
  const seen = new Map<string, number>();
  return identities.flatMap((identity, index) => {
    const text = canonicalText(identity);
    const times = (seen.get(text) ?? 0) + 1;
    seen.set(text, times);
    return times === 2 ? [duplicateField(`${path}[${index}]`, shown[index])] : [];
  });
}

/** JSON with sorted keys. */
function canonicalText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonicalText(readKey(value, key))}`).join(',')}}`;
}
