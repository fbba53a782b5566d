import { clearField, fieldNames, findField, getField, lookUp, lookUpOrCreate, setField } from '../yaml/fields.ts';
import { copyNode, isNullOrEmpty, makeScalar, makeString, type Node } from '../yaml/node.ts';
import { annotationKeys, buildAnnotations } from './build-annotations.ts';
import { formatApiVersion, type Gvk, parseGvk, type ResourceId, recordedId, resourceId } from './resource-id.ts';

/** An object on its way through a build. Its node is an empty mapping once a patch has deleted it. */
export interface Resource {
  node: Node;
  /** Names of the variables that read from it. */
  variables: string[];
}

export function makeResource(node: Node): Resource {
  return { node, variables: [] };
}

export function copyResource(resource: Resource): Resource {
  return { node: copyNode(resource.node), variables: [...resource.variables] };
}

export function isEmptyResource(resource: Resource): boolean {
  return isNullOrEmpty(resource.node);
}

export function kindOf(node: Node): string {
  return getField(node, 'kind')?.value ?? '';
}

export function apiVersionOf(node: Node): string {
  return getField(node, 'apiVersion')?.value ?? '';
}

export function gvkOf(node: Node): Gvk {
  return parseGvk(apiVersionOf(node), kindOf(node));
}

function metadataOf(node: Node): Node | undefined {
  const metadata = getField(node, 'metadata');
  return isNullOrEmpty(metadata) ? undefined : metadata;
}

function metadataText(node: Node, name: string): string {
  const field = getField(metadataOf(node), name);
  return isNullOrEmpty(field) ? '' : (field?.value ?? '');
}

export function nameOf(node: Node): string {
  return metadataText(node, 'name');
}

export function namespaceOf(node: Node): string {
  return metadataText(node, 'namespace');
}

export function setName(node: Node, name: string): void {
  setMetadataText(node, 'name', name);
}

export function setNamespace(node: Node, namespace: string): void {
  if (namespace === '') clearField(lookUp(node, 'metadata'), 'namespace');
  else setMetadataText(node, 'namespace', namespace);
}

function setMetadataText(node: Node, field: string, text: string): void {
  const metadata = lookUpOrCreate(node, 'mapping', 'metadata');
  if (metadata !== undefined) setField(metadata, field, makeScalar(text));
}

export function setGvk(node: Node, gvk: Gvk): void {
  setField(node, 'kind', makeScalar(gvk.kind));
  setField(node, 'apiVersion', makeScalar(formatApiVersion(gvk)));
}

/** The id an object has now. */
export function currentId(node: Node): ResourceId {
  return resourceId(gvkOf(node), nameOf(node), namespaceOf(node));
}

/** The ids an object had, the first one first. */
export function previousIds(node: Node): ResourceId[] {
  const annotations = getField(metadataOf(node), 'annotations');
  const names = getField(annotations, annotationKeys.previousNames)?.value;
  if (names === undefined) return [];
  const namespaces = (getField(annotations, annotationKeys.previousNamespaces)?.value ?? '').split(',');
  const kinds = (getField(annotations, annotationKeys.previousKinds)?.value ?? '').split(',');
  const { group, version } = gvkOf(node);
  const previous = names.split(',');
  if (previous.length !== namespaces.length || previous.length !== kinds.length) {
    throw new Error('number of previous names, number of previous namespaces, number of previous kinds not equal');
  }
  return previous.map((name, i) => recordedId({ group, version, kind: kinds[i] ?? '' }, name, namespaces[i] ?? ''));
}

/** The id an object had in its file. */
export function originalId(node: Node): ResourceId {
  return previousIds(node)[0] ?? currentId(node);
}

/** Keeps the id of now among the previous ones. */
export function storePreviousId(node: Node): void {
  const id = currentId(node);
  appendToAnnotation(node, annotationKeys.previousNames, id.name);
  appendToAnnotation(node, annotationKeys.previousNamespaces, id.space);
  appendToAnnotation(node, annotationKeys.previousKinds, id.kind);
}

export type TextMap = Map<string, string>;

function metadataMap(node: Node, field: string): TextMap {
  const map = getField(metadataOf(node), field);
  const result: TextMap = new Map();
  if (map === undefined) return result;
  for (const name of fieldNames(map)) result.set(name, getField(map, name)?.value ?? '');
  return result;
}

export function annotationsOf(node: Node): TextMap {
  return metadataMap(node, 'annotations');
}

export function labelsOf(node: Node): TextMap {
  return metadataMap(node, 'labels');
}

export function annotationOf(node: Node, key: string): string | undefined {
  return getField(getField(metadataOf(node), 'annotations'), key)?.value;
}

/** Writes all annotations anew, as text; none leaves no field behind. */
export function setAnnotations(node: Node, annotations: ReadonlyMap<string, string>): void {
  setMetadataMap(node, 'annotations', annotations);
}

export function setLabels(node: Node, labels: ReadonlyMap<string, string>): void {
  setMetadataMap(node, 'labels', labels);
}

function setMetadataMap(node: Node, field: string, map: ReadonlyMap<string, string>): void {
  const metadata = lookUpOrCreate(node, 'mapping', 'metadata');
  clearField(metadata, field);
  if (map.size === 0) return;
  const target = lookUpOrCreate(node, 'mapping', 'metadata', field);
  if (target === undefined) return;
  for (const key of [...map.keys()].sort()) setField(target, key, makeString(map.get(key) ?? ''));
}

/** Sets one annotation or label, written in quotes. */
export function setMetadataEntry(node: Node, field: 'annotations' | 'labels', key: string, value: string): void {
  if (field === 'annotations') clearEmptyAnnotations(node);
  const target = lookUpOrCreate(node, 'mapping', 'metadata', field);
  if (target !== undefined) setField(target, key, { ...makeString(value), quoted: true });
}

function clearEmptyAnnotations(node: Node): void {
  const metadata = findField(node, 'metadata');
  const annotations = getField(metadata, 'annotations');
  if (annotations !== undefined && annotations.content.length === 0) clearField(metadata, 'annotations');
  if (metadata !== undefined && metadata.content.length === 0) clearField(node, 'metadata');
}

function appendToAnnotation(node: Node, key: string, value: string): void {
  if (value === '') return;
  const current = annotationOf(node, key);
  setMetadataEntry(node, 'annotations', key, current === undefined ? value : `${current},${value}`);
}

export function addNamePrefix(node: Node, prefix: string): void {
  appendToAnnotation(node, annotationKeys.prefixes, prefix);
}

export function addNameSuffix(node: Node, suffix: string): void {
  appendToAnnotation(node, annotationKeys.suffixes, suffix);
}

export function namePrefixes(node: Node): string[] {
  return annotationOf(node, annotationKeys.prefixes)?.split(',') ?? [];
}

export function nameSuffixes(node: Node): string[] {
  return annotationOf(node, annotationKeys.suffixes)?.split(',') ?? [];
}

/** Switches a build annotation on. */
export function enableFlag(node: Node, key: string): void {
  setAnnotations(node, annotationsOf(node).set(key, 'enabled'));
}

export function isFlagEnabled(node: Node, key: string): boolean {
  return annotationOf(node, key) === 'enabled';
}

export function removeBuildAnnotations(node: Node): void {
  const annotations = annotationsOf(node);
  if (annotations.size === 0) return;
  for (const key of buildAnnotations) annotations.delete(key);
  setAnnotations(node, annotations);
}
