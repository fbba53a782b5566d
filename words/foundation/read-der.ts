// Reads the part of ASN.1's distinguished encoding (X.690) that certificates need.

export interface DerItem {
  readonly tag: number;
  readonly content: Buffer;
  /** Tag and length, too. */
  readonly whole: Buffer;
}

/** The items that stand one after another. Throws on what is no DER. */
export function readItems(bytes: Buffer): DerItem[] {
  const items: DerItem[] = [];
  for (let at = 0; at < bytes.length; ) {
    const { start, length } = readLength(bytes, at + 1);
    const end = start + length;
    if (end > bytes.length) throw new Error('the encoding ends within an item');
    items.push({ tag: bytes[at] ?? 0, content: bytes.subarray(start, end), whole: bytes.subarray(at, end) });
    at = end;
  }
  return items;
}

/** The items within the one item that the bytes are. */
export function readSequence(bytes: Buffer): DerItem[] {
  const [item, ...more] = readItems(bytes);
  if (item === undefined || more.length > 0 || item.tag !== 0x30) throw new Error('the encoding is not one sequence');
  return readItems(item.content);
}

function readLength(bytes: Buffer, at: number): { start: number; length: number } {
  const first = bytes[at];
  if (first === undefined) throw new Error('the encoding ends within an item');
  if (first < 0x80) return { start: at + 1, length: first };
  const size = first & 0x7f;
  if (size < 1 || size > 4 || at + size >= bytes.length) throw new Error('the encoding has an item of no known length');
  return { start: at + 1 + size, length: bytes.readUIntBE(at + 1, size) };
}
