/** One line of a watch; `object` is JSON. */
export function renderEvent(type: string, object: string): Uint8Array {
  return Buffer.from(`{"type":"${type}","object":${object}}\n`);
}
