import { errorMessage } from '@croft/foundation/errors';
import type {
  FieldOptions,
  Replacement,
  ReplacementSource,
  ReplacementTarget,
} from '../kustomization/kustomization.ts';
import { gvkOf, nameOf, namespaceOf, previousIds, type Resource } from '../resource/resource.ts';
import { formatId, type Gvk, isSelectedGvk, type ResourceId, recordedId } from '../resource/resource-id.ts';
import type { ResourceList } from '../resource/resource-list.ts';
import { compileSelector, fullSelector, matchesMetadata, type Selector } from '../resource/selector.ts';
import { splitBracketPath } from '../yaml/field-path.ts';
import { copyNode, isNullOrEmpty, makeScalar, type Node, textOf } from '../yaml/node.ts';
import { findPath } from '../yaml/path-lookup.ts';
import { setReplacement } from './set-replacement.ts';

/** Copies values from fields of objects to fields of others. Throws when a source or a target's field is missing. */
export function applyReplacements(list: ResourceList, replacements: readonly Replacement[]): void {
  for (const replacement of replacements) {
    const { source, sourceValue, targets } = replacement;
    if ((source === undefined && sourceValue === undefined) || targets === undefined) {
      throw new Error('replacements must specify a source and at least one target');
    }
    if (source !== undefined && sourceValue !== undefined) {
      throw new Error('value and resource selectors are mutually exclusive');
    }
    const value = source === undefined ? makeScalar(sourceValue ?? '') : readSource(list, source);
    for (const target of targets) applyToTarget(list, value, target);
  }
  list.dropEmpty();
}

/** The ids of an object, now and before. Unlike elsewhere a missing namespace stays empty. */
function idsOf({ node }: Resource): ResourceId[] {
  return [recordedId(gvkOf(node), nameOf(node), namespaceOf(node)), ...previousIds(node)];
}

function readSource(list: ResourceList, source: ReplacementSource): Node {
  const id = { group: '', version: '', kind: '', name: '', namespace: '', ...source };
  const matches = list.items.filter((item) => idsOf(item).some((other) => isSelected(other, id)));
  const [only, ...more] = matches;
  if (only === undefined || more.length > 0) {
    const shown = [formatId(id), source.fieldPath ?? '', formatOptions(source.options)].filter((part) => part !== '');
    throw new Error(
      `${only === undefined ? 'nothing selected by' : 'multiple matches for selector'} ${shown.join(':')}`,
    );
  }
  const fieldPath = source.fieldPath || 'metadata.name';
  const node = lookUpSource(only.node, fieldPath);
  if (node === undefined || isNullOrEmpty(node)) {
    throw new Error(`fieldPath \`${fieldPath}\` is missing for replacement source ${formatId(id)}`);
  }
  return refineValue(node, source.options);
}

function lookUpSource(node: Node, fieldPath: string): Node | undefined {
  try {
    return findPath(node, splitBracketPath(fieldPath, '.'));
  } catch (error) {
    throw new Error(`error looking up replacement source: ${errorMessage(error)}`);
  }
}

function isSelected(id: ResourceId, selector: Gvk & { readonly name: string; readonly namespace: string }): boolean {
  return (
    (selector.name === '' || selector.name === id.name) &&
    (selector.namespace === '' || recordedId(selector, '', selector.namespace).space === id.space) &&
    isSelectedGvk(id, selector)
  );
}

function formatOptions(options: FieldOptions | undefined): string {
  const { delimiter = '', index = 0, create = false } = options ?? {};
  return delimiter === '' && !create ? '' : `${delimiter}(${index}), create=${create}`;
}

/** The part of a text that the options ask for. */
function refineValue(node: Node, options: FieldOptions | undefined): Node {
  const { delimiter = '', index = 0 } = options ?? {};
  if (delimiter === '') return node;
  if (node.kind !== 'scalar') throw new Error('delimiter option can only be used with scalar nodes');
  const text = textOf(node);
  const part = text.split(delimiter)[index];
  if (part === undefined) throw new Error(`options.index ${index} is out of bounds for value ${text}`);
  return { ...copyNode(node), value: part };
}

function applyToTarget(list: ResourceList, value: Node, target: ReplacementTarget): void {
  if (target.select === undefined) throw new Error('target must specify resources to select');
  const fits = compileTarget(target.select, target.reject ?? []);
  for (const resource of list.items) {
    if (fits(resource)) setReplacement(resource.node, value, target);
  }
}

function compileTarget(select: Partial<Selector>, reject: readonly Partial<Selector>[]): (item: Resource) => boolean {
  const wanted = fullSelector(select);
  const unwanted = reject.map(fullSelector);
  const fits = (selector: Selector): ((id: ResourceId) => boolean) => {
    const matcher = wrapSelector(selector);
    return (id) => matcher.gvk(id) && matcher.name(id.name) && matcher.namespace(id.namespace);
  };
  const isWanted = fits(wanted);
  const isUnwanted = unwanted.filter((selector) => !isIdEmpty(selector)).map(fits);
  const rejecting = unwanted.filter((one) => one.labelSelector !== '' || one.annotationSelector !== '');
  return (resource) => {
    if (!matchesMetadata(resource, wanted)) return false;
    if (rejecting.some((selector) => matchesMetadata(resource, selector))) return false;
    const ids = idsOf(resource);
    return !isUnwanted.some((test) => ids.some(test)) && ids.some(isWanted);
  };
}

function wrapSelector(selector: Selector): ReturnType<typeof compileSelector> {
  try {
    return compileSelector(selector);
  } catch (error) {
    throw new Error(`error creating target selector: ${errorMessage(error)}`);
  }
}

function isIdEmpty({ group, version, kind, name, namespace }: Selector): boolean {
  return [group, version, kind, name, namespace].every((part) => part === '');
}
