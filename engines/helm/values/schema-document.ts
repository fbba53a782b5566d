import { isJsonObject, type JsonObject } from '@croft/foundation/json';

export type Schema = boolean | JsonObject;

/** A schema with what its references can name. */
export interface SchemaDocument {
  root: Schema;
  /** 4, 6, 7, 2019 or 2020. */
  draft: number;
}

export function createDocument(root: Schema): SchemaDocument {
  const named = isJsonObject(root) && typeof root.$schema === 'string' ? root.$schema : '';
  const draft = /draft-0([467])/.exec(named)?.[1] ?? /draft\/(20\d\d)/.exec(named)?.[1];
  return { root, draft: draft === undefined ? 2020 : Number(draft) };
}

/** The schema that a reference names within the document. Throws when there is none, or when it leads elsewhere. */
export function getReferenced(document: SchemaDocument, reference: string): Schema {
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
  if (found === undefined) throw new Error(`json-pointer in "file:///values.schema.json${reference}" not found`);
  return found;
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
