// The part of ASN.1's distinguished encoding (X.690) that certificates need.

export type Der = Buffer;

export function tagged(tag: number, ...contents: readonly Der[]): Der {
  const body = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag]), lengthOf(body.length), body]);
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const hex = length.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return Buffer.concat([Buffer.from([0x80 | bytes.length]), bytes]);
}

export const sequence = (...items: readonly Der[]): Der => tagged(0x30, ...items);
export const set = (...items: readonly Der[]): Der => tagged(0x31, ...items);
export const boolean = (value: boolean): Der => tagged(0x01, Buffer.from([value ? 0xff : 0]));
export const octets = (content: Der): Der => tagged(0x04, content);
export const utf8 = (text: string): Der => tagged(0x0c, Buffer.from(text));
/** Content of a field with a context-specific tag that holds other fields. */
export const explicit = (tag: number, ...items: readonly Der[]): Der => tagged(0xa0 | tag, ...items);
/** Content of a field with a context-specific tag that stands for a plain value. */
export const implicit = (tag: number, content: Der): Der => tagged(0x80 | tag, content);

/** A whole number that is not negative, big end first. */
export function integer(bytes: Buffer): Der {
  return tagged(0x02, (bytes[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes);
}

export function bits(content: Buffer, unused = 0): Der {
  return tagged(0x03, Buffer.from([unused]), content);
}

/** `2.5.29.19` */
export function objectId(text: string): Der {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  return tagged(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(number: number): number[] {
  const digits = [number & 0x7f];
  for (let left = number >>> 7; left > 0; left >>>= 7) digits.unshift((left & 0x7f) | 0x80);
  return digits;
}

/** GeneralizedTime; years after 2049 need it, and certificates may have it for all that readers here care. */
export function time(ms: number): Der {
  const text = new Date(ms).toISOString().replace(/[-:T]|\.\d+/g, '');
  const year = Number(text.slice(0, 4));
  return year < 2050 ? tagged(0x17, Buffer.from(text.slice(2))) : tagged(0x18, Buffer.from(text));
}
