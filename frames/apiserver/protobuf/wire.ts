/** One field of a protobuf message: its number, and its content as the wire type has it. */
export interface WireField {
  readonly number: number;
  /** A varint or fixed number, or the bytes of what has a length. */
  readonly value: bigint | Buffer;
}

/** Reads the fields of a message (protobuf's encoding guide). Throws RangeError on what is cut off or not a message. */
export function* readFields(message: Buffer): Generator<WireField> {
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = message[at++];
      if (byte === undefined) throw new RangeError('unexpected EOF');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new RangeError('a number is too long');
  };
  const take = (length: number): Buffer => {
    if (length > message.length - at) throw new RangeError('unexpected EOF');
    at += length;
    return message.subarray(at - length, at);
  };
  while (at < message.length) {
    const tag = Number(varint());
    const number = tag >>> 3;
    const type = tag & 7;
    if (type === 0) yield { number, value: varint() };
    else if (type === 1) yield { number, value: take(8) };
    else if (type === 2) yield { number, value: take(Number(varint())) };
    else if (type === 5) yield { number, value: take(4) };
    else throw new RangeError(`wire type ${type} is not supported`);
  }
}

/** The last field of a number, as far as it has a length. */
export function findBytes(message: Buffer, number: number): Buffer | undefined {
  let found: Buffer | undefined;
  for (const field of readFields(message))
    if (field.number === number && Buffer.isBuffer(field.value)) found = field.value;
  return found;
}
