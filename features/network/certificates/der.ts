// The few forms of DER (ITU-T X.690) that a certificate is made of.

const classConstructed = 0xa0;

export function sequence(...parts: Buffer[]): Buffer {
  return element(0x30, Buffer.concat(parts));
}

export function set(...parts: Buffer[]): Buffer {
  return element(0x31, Buffer.concat(parts));
}

/** A positive integer from its bytes, the highest first. */
export function integer(bytes: Uint8Array): Buffer {
  const high = (bytes[0] ?? 0) >= 0x80;
  return element(0x02, high ? Buffer.concat([Buffer.of(0), bytes]) : Buffer.from(bytes));
}

export const trueValue = element(0x01, Buffer.of(0xff));

export function octets(bytes: Uint8Array): Buffer {
  return element(0x04, bytes);
}

/** A bit string; `unused` bits at its end do not count. */
export function bits(bytes: Uint8Array, unused = 0): Buffer {
  return element(0x03, Buffer.concat([Buffer.of(unused), bytes]));
}

export function text(value: string): Buffer {
  return element(0x0c, Buffer.from(value, 'utf8'));
}

/** `2.5.4.3` and the like. */
export function objectId(id: string): Buffer {
  const [first = 0, second = 0, ...rest] = id.split('.').map(Number);
  return element(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

/** UTCTime up to 2049, GeneralizedTime after (RFC 5280 section 4.1.2.5). */
export function time(ms: number): Buffer {
  const digits = `${new Date(ms).toISOString().replaceAll(/[-:T]/g, '').slice(0, 14)}Z`;
  return digits < '2050' ? element(0x17, Buffer.from(digits.slice(2))) : element(0x18, Buffer.from(digits));
}

/** `[number]`, around other elements. */
export function tagged(number: number, content: Buffer): Buffer {
  return element(classConstructed | number, content);
}

function element(tag: number, content: Uint8Array): Buffer {
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.of(tag, length), content]);
  const lengthBytes = Buffer.from(length.toString(16).padStart(length > 0xff ? 4 : 2, '0'), 'hex');
  return Buffer.concat([Buffer.of(tag, 0x80 | lengthBytes.length), lengthBytes, content]);
}

function base128(value: number): number[] {
  const digits = [value & 0x7f];
  for (let rest = value >> 7; rest > 0; rest >>= 7) digits.unshift((rest & 0x7f) | 0x80);
  return digits;
}
