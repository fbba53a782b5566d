import { compareText, type FieldSpec } from '../config/field-spec.ts';
import type { ResourceList } from '../resource/resource-list.ts';
import { applySpecs } from './apply-spec.ts';
import { setterOf } from './set-entry.ts';

/** Sets labels or annotations in all fields of the specs. */
export function applyEntries(
  list: ResourceList,
  entries: ReadonlyMap<string, string>,
  specs: readonly FieldSpec[],
): void {
  const keys = [...entries.keys()].sort(compareText);
  for (const { node } of list.items) {
    for (const key of keys) {
      applySpecs(node, specs, setterOf(key, entries.get(key) ?? '', '!!str'), { kind: 'mapping', tag: '!!map' });
    }
  }
  list.dropEmpty();
}
