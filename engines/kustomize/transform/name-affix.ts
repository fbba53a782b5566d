import type { FieldSpec } from '../config/field-spec.ts';
import { addNamePrefix, addNameSuffix, originalId, storePreviousId } from '../resource/resource.ts';
import { type Gvk, isSelectedGvk } from '../resource/resource-id.ts';
import type { ResourceList } from '../resource/resource-list.ts';
import type { Node } from '../yaml/node.ts';
import { applySpec } from './apply-spec.ts';
import { setterOf } from './set-entry.ts';

/** Their names mean something. */
function keepsName({ group, kind }: Gvk): boolean {
  if (kind === 'APIService') return group === 'apiregistration.k8s.io';
  return kind === 'CustomResourceDefinition' || kind === 'Namespace';
}

export function applyNamePrefix(list: ResourceList, prefix: string, specs: readonly FieldSpec[]): void {
  applyAffix(list, prefix, specs, addNamePrefix, (name) => prefix + name);
}

export function applyNameSuffix(list: ResourceList, suffix: string, specs: readonly FieldSpec[]): void {
  applyAffix(list, suffix, specs, addNameSuffix, (name) => name + suffix);
}

function applyAffix(
  list: ResourceList,
  affix: string,
  specs: readonly FieldSpec[],
  note: (node: Node, affix: string) => void,
  rename: (name: string) => string,
): void {
  for (const { node } of list.items) {
    const id = originalId(node);
    if (keepsName(id)) continue;
    for (const spec of specs) {
      if (!isSelectedGvk(id, spec)) continue;
      if (spec.path === 'metadata/name') {
        note(node, affix);
        if (affix !== '') storePreviousId(node);
      }
      applySpec(node, spec, (field) => setterOf('', rename(field.value))(field), { kind: 'scalar', tag: '!!str' });
    }
  }
}
