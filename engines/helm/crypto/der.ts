/** Distinguished Encoding Rules of ASN.1 (X.690), as far as certificates need them. */

export function der(tag: number, ...contents: Uint8Array[]): Buffer {
  const body = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag]), lengthOf(body.length), body]);
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Buffer.from([0x80 | bytes.length, ...bytes]);
}

export const sequence = (...items: Uint8Array[]): Buffer => der(0x30, ...items);
export const set = (...items: Uint8Array[]): Buffer => der(0x31, ...items);
export const octets = (data: Uint8Array): Buffer => der(0x04, data);
export const bits = (data: Uint8Array, unused = 0): Buffer => der(0x03, Buffer.from([unused]), data);
export const TRUE = der(0x01, Buffer.from([0xff]));
export const NULL = der(0x05);

/** A positive integer from its bytes, most significant first. */
export function integer(data: Uint8Array): Buffer {
  let start = 0;
  while (start < data.length - 1 && data[start] === 0) start++;
  const trimmed = data.subarray(start);
  return (trimmed[0] ?? 0) & 0x80 ? der(0x02, Buffer.from([0]), trimmed) : der(0x02, trimmed);
}

/** An object identifier from its dotted form. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const arc of rest) {
    const group = [arc & 0x7f];
    for (let left = arc >> 7; left > 0; left >>= 7) group.unshift((left & 0x7f) | 0x80);
    bytes.push(...group);
  }
  return der(0x06, Buffer.from(bytes));
}

/** UTCTime up to 2049, GeneralizedTime after (RFC 5280, 4.1.2.5). */
export function time(ms: number): Buffer {
  const digits = new Date(ms).toISOString().slice(0, 19).replace(/[-T:]/g, '');
  const year = new Date(ms).getUTCFullYear();
  return year < 2050 ? der(0x17, Buffer.from(`${digits.slice(2)}Z`)) : der(0x18, Buffer.from(`${digits}Z`));
}

/** One element: its tag, its contents, and all its bytes. */
export interface DerElement {
  tag: number;
  contents: Buffer;
  whole: Buffer;
}

/** The elements that stand one after another. Throws when lengths do not fit. */
export function readDer(data: Buffer): DerElement[] {
  const elements: DerElement[] = [];
  for (let at = 0; at < data.length; ) {
    const first = data[at + 1] ?? 0;
    const extra = first & 0x80 ? first & 0x7f : 0;
    const length =
      extra === 0 ? first : data.subarray(at + 2, at + 2 + extra).reduce((sum, byte) => sum * 256 + byte, 0);
    const start = at + 2 + extra;
    if (start + length > data.length) throw new Error('x509: malformed certificate');
    const whole = data.subarray(at, start + length);
    elements.push({ tag: data[at] ?? 0, contents: data.subarray(start, start + length), whole });
    at = start + length;
  }
  return elements;
}
