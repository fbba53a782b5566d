/** A message that does not follow the protobuf encoding, or not the types that it claims. */
export class ProtobufError extends Error {
  override readonly name = 'ProtobufError';
}

/** The value of one field as it stands in a message: a number for varints, otherwise bytes. */
export type WireValue = bigint | Uint8Array;

export interface WireField {
  readonly number: number;
  readonly value: WireValue;
}

/** The fields of a message in their order. Throws ProtobufError. */
export function* readFields(bytes: Uint8Array): Generator<WireField> {
  let at = 0;
  const varint = (): bigint => {
    let result = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at];
      if (byte === undefined) throw new ProtobufError('unexpected EOF');
      at += 1;
      result |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return result;
    }
    throw new ProtobufError('integer overflow');
  };
  const take = (length: number): Uint8Array => {
    if (length > bytes.length - at) throw new ProtobufError('unexpected EOF');
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const tag = varint();
    const type = Number(tag & 7n);
    const number = Number(tag >> 3n);
    if (number === 0) throw new ProtobufError('illegal tag 0');
    if (type === 0) yield { number, value: varint() };
    else if (type === 1) yield { number, value: take(8) };
    else if (type === 2) yield { number, value: take(Number(varint())) };
    else if (type === 5) yield { number, value: take(4) };
    else throw new ProtobufError(`illegal wireType ${type}`);
  }
}

/** Integers are written as 64 bits in two's complement. */
export function toInteger(value: WireValue): number {
  if (typeof value !== 'bigint') throw new ProtobufError('an integer was expected');
  return Number(BigInt.asIntN(64, value));
}

export function toBytes(value: WireValue): Uint8Array {
  if (typeof value === 'bigint') throw new ProtobufError('bytes were expected');
  return value;
}

export function toText(value: WireValue): string {
  return Buffer.from(toBytes(value)).toString('utf8');
}
