import { isJsonObject, type JsonObject } from '@croft/foundation/json';
import { quoteString } from '@croft/gotemplate/fmt/quote';

export type Schema = boolean | JsonObject;

/** A schema with what its references can name. */
export interface SchemaDocument {
  root: Schema;
  /** 4, 6, 7, 2019 or 2020. */
  draft: number;
  /** Whether formats are checked; without it, drafts before 2019 do. */
  checksFormats?: boolean;
  /** What references have led to so far. */
  readonly referenced: Map<string, Schema>;
}

/** The drafts by their addresses, without scheme and `#`. */
const drafts = new Map([
  ['json-schema.org/schema', 2020],
  ['json-schema.org/draft/2020-12/schema', 2020],
  ['json-schema.org/draft/2019-09/schema', 2019],
  ['json-schema.org/draft-07/schema', 7],
  ['json-schema.org/draft-06/schema', 6],
  ['json-schema.org/draft-04/schema', 4],
]);

/** Throws when `$schema` names what is no known draft. */
export function createDocument(root: Schema): SchemaDocument {
  const named = isJsonObject(root) ? root.$schema : undefined;
  if (typeof named !== 'string') return { root, draft: 2020, referenced: new Map() };
  const url = named.replace(/#$/, '');
  const draft = drafts.get(url.replace(/^https?:\/\//, ''));
  if (draft === undefined) throw new Error(`failing loading ${quoteString(url)}: ${whyNot(url)}`);
  return { root, draft, referenced: new Map() };
}

/** The schema that a reference names within the document. Throws when there is none, or when it leads elsewhere. */
export function getReferenced(document: SchemaDocument, reference: string): Schema {
  const known = document.referenced.get(reference);
  if (known !== undefined) return known;
  const found = findReferenced(document, reference);
  document.referenced.set(reference, found);
  return found;
}

function findReferenced(document: SchemaDocument, reference: string): Schema {
  const hash = reference.indexOf('#');
  const base = hash < 0 ? reference : reference.slice(0, hash);
  const fragment = hash < 0 ? '' : decodeURIComponent(reference.slice(hash + 1));
  const start = base === '' ? document.root : findById(document.root, base);
  const found =
    start === undefined
      ? undefined
      : fragment === '' || fragment.startsWith('/')
        ? walk(start, fragment)
        : findAnchor(start, fragment);
  if (found !== undefined) return found;
  if (start === undefined) {
    const url = locate(document, base);
    throw new Error(`failing loading ${quoteString(url)}: ${whyNot(url)}`);
  }
  throw new Error(`json-pointer in "file:///values.schema.json${reference}" not found`);
}

const absolute = /^[a-z][a-z0-9+.-]*:/i;

/** Where a reference leads: relative ones start at the schema's own `$id`, or at the file. */
function locate({ root }: SchemaDocument, base: string): string {
  if (absolute.test(base)) return base;
  const id = isJsonObject(root) && typeof root.$id === 'string' && absolute.test(root.$id) ? root.$id : undefined;
  return new URL(base, id ?? 'file:///values.schema.json').href;
}

/** A chart is rendered with what it brings: neither files beside it nor the network are asked. */
function whyNot(url: string): string {
  if (/^https?:/i.test(url)) return `HTTP request failed for ${url}: schemas are not fetched while a chart is rendered`;
  return `open ${url.replace(/^file:\/\/[^/]*/, '')}: no such file or directory`;
}

const single = [
  'additionalItems additionalProperties contains else if items not propertyNames then',
  'unevaluatedItems unevaluatedProperties',
].flatMap((names) => names.split(' '));
const lists = ['allOf', 'anyOf', 'oneOf', 'prefixItems', 'items'];
const tables = ['dependencies', 'dependentSchemas', 'patternProperties', 'properties'];

/** Follows every reference that the schema can come to, level by level as compiling it does. Throws when one leads nowhere. */
export function checkReferences(document: SchemaDocument, schema: unknown): void {
  // A set gives what is added while it is walked, too, and each schema once.
  const found = new Set<unknown>([schema]);
  for (const one of found) {
    if (!isJsonObject(one)) continue;
    if (typeof one.$ref === 'string') found.add(getReferenced(document, one.$ref));
    for (const child of schemasWithin(one)) found.add(child);
  }
}

function* schemasWithin(schema: JsonObject): Generator<unknown> {
  for (const key of single) yield schema[key];
  for (const key of lists) {
    const list = schema[key];
    if (Array.isArray(list)) yield* list;
  }
  for (const key of tables) {
    const table = schema[key];
    if (isJsonObject(table)) yield* Object.values(table);
  }
}

function walk(start: Schema, pointer: string): Schema | undefined {
  let at: unknown = start;
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(at)) at = at[Number(key)];
    else if (isJsonObject(at)) at = Object.hasOwn(at, key) ? at[key] : undefined;
    else return undefined;
  }
  return typeof at === 'boolean' || isJsonObject(at) ? at : undefined;
}

function findById(schema: unknown, id: string): Schema | undefined {
  const sameId = (given: unknown) =>
    typeof given === 'string' && (given === id || given.replace(/#$/, '').endsWith(`/${id}`));
  return findSchema(schema, (candidate) => sameId(candidate.$id) || sameId(candidate.id));
}

function findAnchor(schema: unknown, name: string): Schema | undefined {
  return findSchema(
    schema,
    ({ $anchor, $dynamicAnchor, $id }) => $anchor === name || $dynamicAnchor === name || $id === `#${name}`,
  );
}

function findSchema(schema: unknown, fits: (candidate: JsonObject) => boolean): Schema | undefined {
  if (Array.isArray(schema)) return firstOf(schema, fits);
  if (!isJsonObject(schema)) return undefined;
  return fits(schema) ? schema : firstOf(Object.values(schema), fits);
}

function firstOf(items: readonly unknown[], fits: (candidate: JsonObject) => boolean): Schema | undefined {
  for (const item of items) {
    const found = findSchema(item, fits);
    if (found !== undefined) return found;
  }
  return undefined;
}
