import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** Whether two texts are the same, in a time that does not tell where they differ. */
export function isSame(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

/** Whether the hexadecimal text is the HMAC of the body under the key. */
export function isHmac(algorithm: 'sha1' | 'sha256' | 'sha512', given: string, body: Uint8Array, key: string): boolean {
  return isSame(given.toLowerCase(), createHmac(algorithm, key).update(body).digest('hex'));
}

/** Whether a header of the form `sha256=HEX` (or sha1, sha512) signs the body, as GitHub and others send it. */
export function isSigned(header: string, body: Uint8Array, key: string): boolean {
  const match = /^(sha1|sha256|sha512)=([0-9a-fA-F]+)$/.exec(header);
  return match !== null && isHmac(match[1] as 'sha1' | 'sha256' | 'sha512', match[2] ?? '', body, key);
}
