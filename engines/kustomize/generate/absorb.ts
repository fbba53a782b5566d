import { annotationKeys, originAnnotation } from '../resource/build-annotations.ts';
import { annotationOf, annotationsOf, currentId, type Resource, setAnnotations } from '../resource/resource.ts';
import { formatGoId, sameId } from '../resource/resource-id.ts';
import type { ResourceList } from '../resource/resource-list.ts';
import { keepMetadata } from '../transform/merge-patch.ts';
import { clearField, fieldNames, getField, lookUpOrCreate, setField } from '../yaml/fields.ts';
import { makeString, type Node } from '../yaml/node.ts';

/** Adds generated objects, or merges them into those that are there, as their behavior says. Throws when it cannot be. */
export function absorbGenerated(list: ResourceList, generated: readonly Resource[]): void {
  for (const resource of generated) absorbOne(list, resource);
}

function absorbOne(list: ResourceList, resource: Resource): void {
  const id = currentId(resource.node);
  const behavior = annotationOf(resource.node, annotationKeys.behavior) ?? 'unspecified';
  const [old, ...more] = list.withAnyId((other) => sameId(id, other));
  if (more.length > 0) throw new Error(`found multiple objects that could accept merge of ${formatGoId(id)}`);
  if (old === undefined) {
    if (behavior !== 'merge' && behavior !== 'replace') return list.append([resource]);
    throw new Error(`id ${formatGoId(id)} does not exist; cannot merge or replace`);
  }
  if (behavior !== 'merge' && behavior !== 'replace') {
    throw new Error(
      `id ${formatGoId(id)} exists; can not use behavior: '${behavior}', behavior must be merge or replace`,
    );
  }
  if (behavior === 'merge') mergeData(resource.node, old.node);
  else keepMetadata(resource.node, old.node);
  resource.variables = [...old.variables];
  list.items = list.items.with(list.items.indexOf(old), resource);
}

/** The old object's data with the new data over it; it comes from where the old one came from. */
function mergeData(node: Node, old: Node): void {
  const origin = annotationOf(old, originAnnotation);
  keepMetadata(node, old);
  for (const field of ['data', 'binaryData']) {
    const merged = new Map([...textEntries(old, field), ...textEntries(node, field)]);
    clearField(node, field);
    for (const [key, text] of merged) {
      const data = lookUpOrCreate(node, 'mapping', field);
      if (data !== undefined) setField(data, key, { ...makeString(text), quoted: text.includes('\n') });
    }
  }
  if (origin !== undefined) setAnnotations(node, annotationsOf(node).set(originAnnotation, origin));
}

function textEntries(node: Node, field: string): Map<string, string> {
  const map = getField(node, field);
  return new Map(fieldNames(map).map((key) => [key, getField(map, key)?.value ?? '']));
}
