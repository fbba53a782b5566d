import { isUtf8 } from 'node:buffer';
import { compareText } from '../config/field-spec.ts';
import type { GeneratorArgs, GeneratorOptions } from '../kustomization/kustomization.ts';
import { annotationKeys } from '../resource/build-annotations.ts';
import {
  annotationsOf,
  enableFlag,
  makeResource,
  type Resource,
  setAnnotations,
  setMetadataEntry,
} from '../resource/resource.ts';
import type { Loader } from '../source/loader.ts';
import { lookUpOrCreate, setField } from '../yaml/fields.ts';
import { makeNode, makeString, type Node } from '../yaml/node.ts';
import { readKeyValues } from './key-values.ts';

/** Makes a ConfigMap. Its name gets a hash later, unless the options say otherwise. */
export function generateConfigMap(args: GeneratorArgs, loader: Loader): Resource {
  const node = startObject('ConfigMap', args);
  for (const [key, value] of sortedPairs(args, loader)) {
    const field = isUtf8(value) ? 'data' : 'binaryData';
    const text = isUtf8(value) ? Buffer.from(value).toString('utf8') : encodeBase64(value);
    setData(node, field, key, text);
  }
  return finish(node, args);
}

/** Makes a Secret, of type Opaque unless another is asked for. */
export function generateSecret(args: GeneratorArgs, loader: Loader): Resource {
  const node = startObject('Secret', args);
  setField(node, 'type', makeString(args.type || 'Opaque'));
  const pairs = sortedPairs(args, loader);
  lookUpOrCreate(node, 'mapping', 'data');
  for (const [key, value] of pairs) setData(node, 'data', key, encodeBase64(value));
  return finish(node, args);
}

function startObject(kind: string, { name = '', namespace = '' }: GeneratorArgs): Node {
  if (name === '') throw new Error('a configmap must have a name');
  const node = makeNode('mapping');
  setField(node, 'apiVersion', makeString('v1'));
  setField(node, 'kind', makeString(kind));
  const metadata = lookUpOrCreate(node, 'mapping', 'metadata');
  if (metadata === undefined) return node;
  setField(metadata, 'name', makeString(name));
  if (namespace !== '') setField(metadata, 'namespace', makeString(namespace));
  return node;
}

function sortedPairs(args: GeneratorArgs, loader: Loader): [string, Uint8Array][] {
  return [...readKeyValues(args, loader)].sort(([a], [b]) => compareText(a, b));
}

function setData(node: Node, field: string, key: string, text: string): void {
  const data = lookUpOrCreate(node, 'mapping', field);
  if (data !== undefined) setField(data, key, { ...makeString(text), quoted: text.includes('\n') });
}

const lineLength = 70;

/** Base64 in lines of 70 characters, when it does not fit one. */
function encodeBase64(value: Uint8Array): string {
  const text = Buffer.from(value).toString('base64');
  return text.length < lineLength ? text : text.replace(/.{1,70}/g, '$&\n');
}

function finish(node: Node, { options, behavior = '' }: GeneratorArgs): Resource {
  setOptions(node, options ?? {});
  if (options?.disableNameSuffixHash !== true) enableFlag(node, annotationKeys.needsHash);
  const known = ['create', 'replace', 'merge'].includes(behavior) ? behavior : 'unspecified';
  setAnnotations(node, annotationsOf(node).set(annotationKeys.behavior, known));
  return makeResource(node);
}

function setOptions(node: Node, { labels, annotations, immutable }: GeneratorOptions): void {
  for (const key of [...(labels?.keys() ?? [])].sort(compareText)) {
    setMetadataEntry(node, 'labels', key, labels?.get(key) ?? '');
  }
  for (const key of [...(annotations?.keys() ?? [])].sort(compareText)) {
    setMetadataEntry(node, 'annotations', key, annotations?.get(key) ?? '');
  }
  if (immutable === true) setField(node, 'immutable', makeNode('scalar', 'true', '!!bool'));
}

/** An entry's options with those for all generators: its own labels and annotations win, switches add up. */
export function mergeOptions(
  own: GeneratorOptions | undefined,
  global: GeneratorOptions | undefined,
): GeneratorOptions | undefined {
  if (global === undefined) return own;
  return {
    labels: new Map([...(global.labels ?? []), ...(own?.labels ?? [])]),
    annotations: new Map([...(global.annotations ?? []), ...(own?.annotations ?? [])]),
    disableNameSuffixHash: own?.disableNameSuffixHash === true || global.disableNameSuffixHash === true,
    immutable: own?.immutable === true || global.immutable === true,
  };
}
