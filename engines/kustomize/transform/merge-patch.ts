import { mergeNodes } from '../merge/merge-nodes.ts';
import type { FindSchema } from '../merge/merge-schema.ts';
import { annotationKeys, buildAnnotations } from '../resource/build-annotations.ts';
import {
  annotationsOf,
  copyResource,
  currentId,
  gvkOf,
  isEmptyResource,
  isFlagEnabled,
  kindOf,
  labelsOf,
  nameOf,
  namespaceOf,
  type Resource,
  setAnnotations,
  setGvk,
  setLabels,
  setName,
  setNamespace,
  storePreviousId,
} from '../resource/resource.ts';
import { idKey } from '../resource/resource-id.ts';
import type { ResourceList } from '../resource/resource-list.ts';
import { setField } from '../yaml/fields.ts';
import { makeNode, makeScalar, type Node } from '../yaml/node.ts';

/** Merges a patch into an object. Name, namespace and kind stay, unless the patch may change them. */
export function mergePatch(resource: Resource, patch: Node, findSchema: FindSchema): void {
  const { node } = resource;
  const name = nameOf(node);
  const namespace = namespaceOf(node);
  const kind = kindOf(node);
  const mayRename = isFlagEnabled(patch, annotationKeys.allowNameChange);
  const mayChangeKind = isFlagEnabled(patch, annotationKeys.allowKindChange);
  if (mayRename || mayChangeKind) storePreviousId(node);
  const merged = mergeNodes({ target: node, patch, schema: undefined, findSchema });
  resource.node = merged ?? makeNode('mapping');
  if (isEmptyResource(resource)) return;
  if (!mayChangeKind) setField(resource.node, 'kind', makeScalar(kind));
  if (!mayRename) setName(resource.node, name);
  setNamespace(resource.node, namespace);
}

/** Merges a copy of the patch into each of the objects; those that are deleted leave the list. */
export function mergePatchInto(
  list: ResourceList,
  selected: readonly Resource[],
  patch: Resource,
  findSchema: FindSchema,
): void {
  const ids = new Set(selected.map(({ node }) => idKey(currentId(node))));
  for (const resource of list.items) {
    if (!ids.has(idKey(currentId(resource.node)))) continue;
    const copy = copyResource(patch).node;
    keepMetadata(copy, patch.node);
    setGvk(copy, gvkOf(resource.node));
    setField(copy, 'kind', makeScalar(kindOf(patch.node)));
    mergePatch(resource, copy, findSchema);
  }
  const left = list.items.filter((resource) => !isEmptyResource(resource));
  list.items = [];
  list.append(left);
}

/** Gives an object the name, the namespace and the labels of another, and its annotations where it has none. */
export function keepMetadata(node: Node, other: Node): void {
  setLabels(node, new Map([...labelsOf(other), ...labelsOf(node)]));
  const annotations = annotationsOf(node);
  const before = annotationsOf(other);
  const merged = new Map([...before, ...annotations]);
  for (const key of buildAnnotations) {
    const value = before.get(key);
    if (value === undefined) merged.delete(key);
    else merged.set(key, value);
  }
  if (!annotations.has(annotationKeys.needsHash)) merged.delete(annotationKeys.needsHash);
  setAnnotations(node, merged);
  setName(node, nameOf(other));
  setNamespace(node, namespaceOf(other));
}
