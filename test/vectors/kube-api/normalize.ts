import { isJsonObject } from '@croft/foundation/json';

export interface NormalizeOptions {
  /** Whether managedFields are part of the comparison. */
  readonly managedFields: boolean;
  /** Sort conditions by type. */
  readonly unordered: boolean;
}

/** An answer without what chance or history decides. The same is done to what was recorded. */
export function normalize(value: unknown, options: NormalizeOptions, path: readonly string[] = []): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item, index) => normalize(item, options, [...path, String(index)]));
    return sorted(items, options, path);
  }
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).filter(([key]) => !isDropped(key, options, path));
  return Object.fromEntries(entries.map(([key, item]) => [key, normalize(item, options, [...path, key])]));
}

function isDropped(key: string, options: NormalizeOptions, path: readonly string[]): boolean {
  if (key === 'description') return path.at(-2) === 'columnDefinitions';
  return key === 'managedFields' && path.at(-1) === 'metadata' && !options.managedFields;
}

function sorted(items: unknown[], { unordered }: NormalizeOptions, path: readonly string[]): unknown[] {
  const name = path.at(-1);
  if (name === 'causes' && path.at(-2) === 'details') return sortBy(items, ['field', 'reason', 'message']);
  if (name === 'conditions' && unordered) return sortBy(items, ['type']);
  if (name === 'managedFields') return sortBy(items, ['operation', 'manager', 'subresource', 'apiVersion']);
  return items;
}

function sortBy(items: unknown[], keys: readonly string[]): unknown[] {
  const textOf = (item: unknown) =>
    keys.map((key) => (isJsonObject(item) ? String(item[key] ?? '') : '')).join('\u0000');
  return items.toSorted((left, right) => (textOf(left) < textOf(right) ? -1 : textOf(left) > textOf(right) ? 1 : 0));
}
