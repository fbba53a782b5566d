import type { FieldSpec } from '../config/field-spec.ts';
import { formatGvk, isSelectedGvk } from '../resource/resource-id.ts';
import type { ResourceList } from '../resource/resource-list.ts';
import { applySpec } from './apply-spec.ts';
import { setterOf } from './set-entry.ts';

/** Sets how often something runs. Throws when nothing of this name can be counted. */
export function applyReplicas(
  list: ResourceList,
  replica: { readonly name?: string; readonly count?: number },
  specs: readonly FieldSpec[],
): void {
  const name = replica.name ?? '';
  let found = false;
  for (const spec of specs) {
    for (const { node } of list.withAnyId((id) => id.name === name && isSelectedGvk(id, spec))) {
      found = true;
      applySpec(node, spec, setterOf('', String(replica.count ?? 0), '!!int'), { kind: 'scalar', tag: '!!int' });
    }
  }
  if (found) return;
  const kinds = specs.map(formatGvk).join(' ');
  throw new Error(`resource with name ${name} does not match a config with the following GVK [${kinds}]`);
}
