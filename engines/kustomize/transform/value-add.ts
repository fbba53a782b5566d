import { basename } from 'node:path';
import { decodeLoose } from '../kustomization/decode.ts';
import { type StructShape, selectorShape } from '../kustomization/shape.ts';
import type { ResourceList } from '../resource/resource-list.ts';
import { fullSelector, type Selector, selectResources } from '../resource/selector.ts';
import { type Loader, loadText } from '../source/loader.ts';
import { splitPath } from '../yaml/field-path.ts';
import { expectKind, lookUpOrCreate, setField } from '../yaml/fields.ts';
import { makeScalar, type Node } from '../yaml/node.ts';
import { setNamespaceOf } from './namespace.ts';

/** A field to add a value to, in the objects that a selector fits. */
export interface ValueTarget {
  readonly selector?: Partial<Selector>;
  readonly fieldPath?: string;
  /** Where among the parts of a path the value goes, from 1; 0 replaces it all. */
  readonly filePathPosition?: number;
}

interface ValueConfig {
  readonly value?: string;
  readonly targets?: readonly ValueTarget[];
  readonly targetFilePath?: string;
}

const targetShape: StructShape = {
  is: 'struct',
  name: 'Target',
  fields: { selector: selectorShape, fieldPath: { is: 'text' }, filePathPosition: { is: 'number' } },
};
const fileShape: StructShape = {
  is: 'struct',
  name: 'Targets',
  fields: { targets: { is: 'list', of: targetShape, goType: '[]builtins.Target' } },
};

/** Sets a value, by default the name of the kustomization's folder, in fields of objects. */
export function addValues(config: ValueConfig, loader: Loader): (list: ResourceList) => void {
  const value = (config.value ?? '').trim() || basename(loader.root);
  const file = config.targetFilePath ?? '';
  const more = file === '' ? {} : (decodeLoose(loadText(loader, file), fileShape) as ValueConfig);
  const targets = [...(config.targets ?? []), ...(more.targets ?? [])];
  if (targets.length === 0) throw new Error('must specify at least one target');
  for (const { fieldPath = '', filePathPosition = 0 } of targets) {
    if (fieldPath === '') throw new Error('fieldPath cannot be empty');
    if (filePathPosition < 0) throw new Error(`value of FilePathPosition (${filePathPosition}) cannot be negative`);
  }
  return (list) => {
    for (const target of targets) addValue(list, target, value);
  };
}

function addValue(
  list: ResourceList,
  { selector, fieldPath = '', filePathPosition = 0 }: ValueTarget,
  value: string,
): void {
  const found = selector === undefined ? list.items : selectResources(list.items, fullSelector(selector));
  for (const { node } of found) {
    if (fieldPath === 'metadata/namespace') setNamespaceOf(node, { namespace: value, specs: [] });
    else setText(node, fieldPath, filePathPosition, value);
  }
}

function setText(node: Node, fieldPath: string, position: number, value: string): void {
  const field = lookUpOrCreate(node, 'scalar', ...splitPath(fieldPath, '/'));
  if (field === undefined) return;
  expectKind(field, 'scalar');
  setField(field, '', makeScalar(position > 0 ? insertPart(field.value, position - 1, value) : value));
}

/** A path with a part put in; a leading `/` is not counted. */
function insertPart(path: string, position: number, part: string): string {
  const absolute = path.startsWith('/');
  const parts = path.split('/').filter((name) => name !== '');
  return (absolute ? '/' : '') + parts.toSpliced(Math.min(position, parts.length), 0, part).join('/');
}
