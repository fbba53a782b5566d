import { apiVersionOf, kindOf } from '../resource/resource.ts';
import { expectKind, fieldNames, getField, setField } from '../yaml/fields.ts';
import { isNull, makeNode, type Node } from '../yaml/node.ts';
import { mergeAssociativeList } from './associative-list.ts';
import { takeDirective } from './directive.ts';
import type { MergePlace } from './merge-place.ts';
import type { MergeSchema } from './merge-schema.ts';

/**
 * Strategic merge as kustomize does it, which is not as Kubernetes does: lists are merged by the keys their schema
 * names, patched elements first, and other lists are replaced; `$patch` is the only directive. Changes and shares both
 * nodes. undefined: nothing is left.
 */
export function mergeNodes(place: MergePlace): Node | undefined {
  const { target, patch } = place;
  const schema = place.schema ?? findSchemaOf(place);
  const kind = isNull(target) ? (isNull(patch) ? 'mapping' : patch?.kind) : target?.kind;
  if (!isNull(target) || !isNull(patch)) {
    expectKind(target, kind ?? 'mapping');
    expectKind(patch, kind ?? 'mapping');
  }
  if (kind === 'scalar') return patch ?? target;
  if (kind === 'mapping') return mergeMappings({ ...place, schema });
  if (schema?.strategy.split(',').includes('merge')) return mergeLists({ ...place, schema });
  return patch ?? target;
}

function findSchemaOf({ target, patch, findSchema }: MergePlace): MergeSchema | undefined {
  for (const node of [target, patch]) {
    if (node === undefined || node.kind !== 'mapping') continue;
    const found = findSchema(apiVersionOf(node), kindOf(node));
    if (found !== undefined) return found;
  }
  return undefined;
}

function mergeMappings(place: MergePlace): Node | undefined {
  const target = startMapping(place);
  if (target === undefined) return undefined;
  if (target.keep === true) return target;
  const names = [...new Set([...fieldNames(target), ...fieldNames(place.patch)])].sort();
  for (const name of names) {
    const merged = mergeNodes({
      target: getField(target, name),
      patch: getField(place.patch, name),
      schema: place.schema?.field(name),
      findSchema: place.findSchema,
    });
    setField(target, name, merged, isKeyQuoted(place.patch, name));
  }
  return target;
}

/** The mapping that fields are merged into; undefined when the patch clears it. */
function startMapping({ target, patch }: MergePlace): Node | undefined {
  if (target === undefined || isNull(target)) {
    if (patch !== undefined && !isNull(patch) && takeDirective(patch) === 'delete') return undefined;
    if (patch === undefined && target !== undefined && target.value !== '') {
      return { ...makeNode('scalar', target.value, '!!null'), keep: true };
    }
    return patch;
  }
  if (patch !== undefined && isNull(patch)) return undefined;
  const directive = takeDirective(patch);
  if (directive === 'delete') return undefined;
  return directive === 'replace' ? patch : target;
}

function isKeyQuoted(node: Node | undefined, name: string): boolean {
  return node?.content.find((child, i) => i % 2 === 0 && child.value === name)?.quoted ?? false;
}

function mergeLists(place: MergePlace & { schema: MergeSchema }): Node | undefined {
  const { target, patch } = place;
  if (target !== undefined && !isNull(target)) {
    if (patch !== undefined && isNull(patch)) return undefined;
    const directive = takeDirective(patch);
    if (directive === 'delete') return undefined;
    if (directive === 'merge') return mergeAssociativeList(target, { ...place, merge: mergeNodes });
  }
  return patch === undefined ? undefined : mergeAssociativeList(patch, { ...place, merge: mergeNodes });
}
