import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { UnknownObject } from '@croft/api/object';
import { isJsonObject, type Json, type JsonObject, jsonEqual } from '@croft/foundation/json';

interface ServerDefault {
  readonly kinds: readonly string[];
  readonly path: string;
  readonly value?: Json;
}

export type ServerDefaults = readonly ServerDefault[];

export function readServerDefaults(dir: string): ServerDefaults {
  const file = JSON.parse(readFileSync(join(dir, 'server-defaults.json'), 'utf8')) as { defaults: ServerDefaults };
  return file.defaults;
}

const serverFields = [
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionGracePeriodSeconds',
  'selfLink',
  'managedFields',
];
const jobLabels = ['controller-uid', 'batch.kubernetes.io/controller-uid', 'job-name', 'batch.kubernetes.io/job-name'];

/** A live object without what the server makes of itself: see the vectors' README. */
export function normalizeObject(live: UnknownObject, defaults: ServerDefaults): JsonObject {
  const object = structuredClone(live) as JsonObject;
  delete object.status;
  const metadata = object.metadata as JsonObject;
  for (const field of serverFields) delete metadata[field];
  if (metadata.deletionTimestamp !== undefined) metadata.deletionTimestamp = '<time>';
  dropAddresses(object);
  dropGenerated(object);
  for (const { kinds, path, value } of defaults) {
    if (kinds.includes(String(object.kind))) dropAt(object, path.split('.'), value);
  }
  return object;
}

function dropAddresses(object: JsonObject): void {
  const { spec } = object;
  if (object.kind !== 'Service' || !isJsonObject(spec)) return;
  if (spec.clusterIP !== 'None') delete (spec as JsonObject).clusterIP;
  delete (spec as JsonObject).clusterIPs;
  delete (spec as JsonObject).healthCheckNodePort;
  for (const port of (spec.ports as JsonObject[] | undefined) ?? []) delete port.nodePort;
}

function dropGenerated(object: JsonObject): void {
  if (object.kind === 'Namespace') dropLabels(object.metadata as JsonObject, ['kubernetes.io/metadata.name']);
  if (object.kind !== 'Job' || !isJsonObject(object.spec)) return;
  const spec = object.spec as JsonObject;
  delete spec.selector;
  const template = spec.template as JsonObject | undefined;
  for (const holder of [object.metadata, template?.metadata]) {
    if (isJsonObject(holder)) dropLabels(holder as JsonObject, jobLabels);
  }
  const below = template?.metadata;
  if (isJsonObject(below)) {
    delete (below as JsonObject).creationTimestamp;
    if (Object.keys(below).length === 0) delete template?.metadata;
  }
}

function dropLabels(metadata: JsonObject, names: readonly string[]): void {
  const labels = metadata.labels as JsonObject | undefined;
  if (labels === undefined) return;
  for (const name of names) delete labels[name];
  if (Object.keys(labels).length === 0) delete metadata.labels;
}

function dropAt(holder: Json | undefined, path: readonly string[], value: Json | undefined): void {
  const [step = '', ...rest] = path;
  const isList = step.endsWith('[]');
  const key = isList ? step.slice(0, -2) : step;
  if (!isJsonObject(holder) || !Object.hasOwn(holder, key)) return;
  const below = holder[key] as Json;
  if (rest.length > 0) {
    for (const item of isList && Array.isArray(below) ? below : [below]) dropAt(item, rest, value);
  } else if (value === undefined || jsonEqual(below, value)) delete (holder as JsonObject)[key];
}

const masks: readonly (readonly [RegExp, string])[] = [
  [/\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)? [+-]\d{4} [A-Z]{3,4}/g, '<time>'],
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)/g, '<time>'],
  [/\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}/g, '<time>'],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, '<uid>'],
  [/(resourceVersion\\*":\\*")\d+/g, '$1<n>'],
  [/https?:\/\/[\w.]*(kubernetes\.default\.svc|server\.test)(:\d+)?/g, 'APISERVER'],
];

/** A text of helm without what differs from run to run. */
export function maskText(text: string, folder = '<case>'): string {
  const named = text.replaceAll(folder, '<case>');
  return masks.reduce((masked, [pattern, mask]) => masked.replace(pattern, mask), named);
}

/** A printed table or text: blanks around tabs and at the ends of lines do not count. */
export function trimTable(text: string): string {
  return text.replace(/ *\t */g, '\t').replace(/[ \t]+$/gm, '');
}

/** Fields that differ from run to run whatever they hold. */
const masked: ReadonlyMap<string, Json> = new Map<string, Json>([
  ['resourceVersion', '<n>'],
  ['clusterIP', '<ip>'],
  ['clusterIPs', ['<ip>']],
  ['createdAt', '<time>'],
  ['modifiedAt', '<time>'],
]);

/** Masks every text inside. */
export function maskJson(value: Json, folder: string): Json {
  if (typeof value === 'string') return maskText(value, folder);
  if (Array.isArray(value)) return value.map((item) => maskJson(item, folder));
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).filter(([key]) => key !== 'managedFields');
  return Object.fromEntries(entries.map(([key, item]) => [key, masked.get(key) ?? maskJson(item as Json, folder)]));
}
