/** The content of a SOPS file: maps keep the order of the file, for the MAC depends on it. */
export type SopsValue = null | boolean | number | string | Uint8Array | SopsValue[] | SopsTree;
export type SopsTree = Map<string, SopsValue>;

export function isTree(value: unknown): value is SopsTree {
  return value instanceof Map;
}

export function treeOf(value: unknown): SopsValue {
  if (Array.isArray(value)) return value.map(treeOf);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value as SopsValue;
  const entries: Iterable<[unknown, unknown]> = value instanceof Map ? value : Object.entries(value);
  return new Map([...entries].map(([key, item]) => [String(key), treeOf(item)]));
}

export function plainOf(value: SopsValue): unknown {
  if (Array.isArray(value)) return value.map(plainOf);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  return isTree(value) ? Object.fromEntries([...value].map(([key, item]) => [key, plainOf(item)])) : value;
}
