import type { UnknownObject } from '@croft/api/object';
import { isJsonObject } from '@croft/foundation/json';
import { readKey, setKey } from '@croft/foundation/json-keys';
import { findTypeErrors } from './check-type.ts';
import { collectFields } from './collect-fields.ts';
import { compareFields } from './compare-fields.ts';
import { type FieldSet, subtractSets } from './field-set.ts';
import type { OwnershipRequest } from './ownership.ts';

export const lastAppliedAnnotation = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * Fields that client-side apply set and that are still as it set them: kubectl may take them over without a conflict.
 * undefined when the object was not applied so, or in another version.
 */
export function findLastAppliedFields(live: UnknownObject, request: OwnershipRequest): FieldSet | undefined {
  const text = annotationOf(live);
  if (text === undefined) return undefined;
  const last = parseObject(text);
  if (last === undefined || last.apiVersion !== request.apiVersion) return undefined;
  if (findTypeErrors(last, request.type) !== undefined) return undefined;
  const { added, modified, removed } = compareFields(last, live, request.type);
  return [modified, added, removed].reduce(subtractSets, collectFields(last, request.type));
}

/** Where the object has the annotation, it is brought up to date with what was applied. */
export function syncLastApplied(object: UnknownObject, applied: UnknownObject): UnknownObject {
  if (annotationOf(object) === undefined) return object;
  const { [lastAppliedAnnotation]: _, ...rest } = applied.metadata?.annotations ?? {};
  const metadata = { ...applied.metadata };
  if (applied.metadata?.annotations !== undefined) metadata.annotations = rest;
  const text = `${JSON.stringify(sortKeys({ ...applied, metadata }))}\n`;
  const annotations = { ...object.metadata?.annotations, [lastAppliedAnnotation]: text };
  return { ...object, metadata: { ...object.metadata, annotations } };
}

function annotationOf(object: UnknownObject): string | undefined {
  const text: unknown = object.metadata?.annotations?.[lastAppliedAnnotation];
  return typeof text === 'string' && text !== '' ? text : undefined;
}

function parseObject(text: string): UnknownObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? (value as UnknownObject) : undefined;
  } catch {
    return undefined;
  }
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (!isJsonObject(value)) return value;
  const sorted = {};
  for (const key of Object.keys(value).sort()) setKey(sorted, key, sortKeys(readKey(value, key)));
  return sorted;
}
