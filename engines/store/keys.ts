/**
 * Compares two keys as their UTF-8 bytes would compare. JavaScript's own order differs from that for characters outside
 * the basic plane only: their surrogates (U+D800-U+DFFF) belong behind U+FFFF.
 */
export function compareKeys(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index++) {
    const a = left.charCodeAt(index);
    const b = right.charCodeAt(index);
    if (a !== b) return byteRank(a) - byteRank(b);
  }
  return left.length - right.length;
}

/** A copy that holds on to no larger text it was cut from or glued of. Lone surrogates become U+FFFD, as on disk. */
export function ownCopy(key: string): string {
  return Buffer.from(key).toString();
}

function byteRank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
