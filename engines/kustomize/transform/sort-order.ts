import { compareText, kindOrder, rankKind, sortableGvk } from '../config/field-spec.ts';
import type { SortOptions } from '../kustomization/kustomization.ts';
import { currentId } from '../resource/resource.ts';
import { formatGvk, type ResourceId, sameGvk } from '../resource/resource-id.ts';
import { ResourceList } from '../resource/resource-list.ts';

/** Puts objects in the order that the options ask for. Throws on options that make no sense. */
export function sortResources(list: ResourceList, options: SortOptions): void {
  const { order = '', legacySortOptions } = options;
  if (order !== 'fifo' && order !== 'legacy') {
    throw new Error("the field 'sortOptions.order' must be one of [fifo, legacy]");
  }
  if (order === 'fifo') {
    if (legacySortOptions === undefined) return;
    throw new Error(
      "the field 'sortOptions.legacySortOptions' is set but the selected sort order is 'fifo', not 'legacy'",
    );
  }
  const kinds =
    legacySortOptions === undefined
      ? kindOrder
      : { first: legacySortOptions.orderFirst ?? [], last: legacySortOptions.orderLast ?? [] };
  const sorted = list.items
    .map((item) => ({ item, id: currentId(item.node) }))
    .sort((a, b) => compareIds(a.id, b.id, kinds));
  list.items = new ResourceList(sorted.map(({ item }) => item)).items;
}

function compareIds(a: ResourceId, b: ResourceId, kinds: typeof kindOrder | KindOrder): number {
  if (sameGvk(a, b)) return compareText(sortableId(a), sortableId(b));
  const ranks = rankKind(a.kind, kinds) - rankKind(b.kind, kinds);
  if (ranks !== 0) return ranks;
  const order = compareText(sortableGvk(a), sortableGvk(b));
  const bothNamespaces = a.kind === 'Namespace' && b.kind === 'Namespace';
  return bothNamespaces && (a.group === '' || b.group === '') ? -order : order;
}

interface KindOrder {
  readonly first: readonly string[];
  readonly last: readonly string[];
}

function sortableId(id: ResourceId): string {
  return `${formatGvk(id)}|${id.namespace || '~X'}|${id.name || '~N'}`;
}
