import { getField } from '../yaml/fields.ts';
import { isNull, isNullOrEmpty, type Node, textOf } from '../yaml/node.ts';
import { nodeToValue, type Value, valueToNode } from '../yaml/node-value.ts';
import { readDocuments } from '../yaml/read-documents.ts';
import { annotationsOf, kindOf, labelsOf, makeResource, nameOf, namespaceOf, type Resource } from './resource.ts';

/** The objects of a YAML or JSON text; lists give their items. Throws for what is no Kubernetes object. */
export function readResources(text: string): Resource[] {
  const nodes = readDocuments(text).filter(isObject);
  return flattenLists(nodes).map(makeResource);
}

function isObject(node: Node): boolean {
  if (isNullOrEmpty(node)) return false;
  validateMetadata(node);
  return true;
}

/** Throws unless the object has a kind, and a name if it is no list. */
export function validateMetadata(node: Node): void {
  const kind = textOf(getField(node, 'kind'));
  const metadata = getField(node, 'metadata');
  if (textOf(getField(node, 'apiVersion')) === '' && kind === '' && isNullOrEmpty(metadata))
    throw new Error('missing Resource metadata');
  if (kind === '') throw new Error(`missing kind in object ${formatMetadata(node)}`);
  if (!kind.endsWith('List') && nameOf(node) === '') {
    throw new Error(`missing metadata.name in object ${formatMetadata(node)}`);
  }
}

function formatMetadata(node: Node): string {
  const map = (texts: ReadonlyMap<string, string>): string =>
    `map[${[...texts.keys()]
      .sort()
      .map((key) => `${key}:${texts.get(key)}`)
      .join(' ')}]`;
  const names = `{${nameOf(node)} ${namespaceOf(node)}}`;
  return `{{${textOf(getField(node, 'apiVersion'))} ${textOf(getField(node, 'kind'))}} {${names} ${map(labelsOf(node))} ${map(annotationsOf(node))}}}`;
}

/** Lists give way to their items, which come after all that follows the list. */
function flattenLists(nodes: Node[]): Node[] {
  const queue = [...nodes];
  const result: Node[] = [];
  for (let node = queue.shift(); node !== undefined; node = queue.shift()) {
    const items = kindOf(node).endsWith('List') ? findItems(node) : undefined;
    if (items === undefined) result.push(node);
    else queue.push(...readItems(items, kindOf(node)));
  }
  return result;
}

/** Throws when the list cannot be read as a value. */
function findItems(node: Node): Node | undefined {
  nodeToValue(node);
  return getField(node, 'items');
}

function readItems(items: Node, kind: string): Node[] {
  if (isNull(items)) return [];
  const value = nodeToValue(items);
  if (!Array.isArray(value)) throw new Error(`expected array in ${kind}/items, but found ${goKind(value)}`);
  return value.map(valueToNode).filter(isObject);
}

function goKind(value: Value): string {
  if (value instanceof Map) return 'map[string]interface {}';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'string' ? 'string' : 'int';
}
