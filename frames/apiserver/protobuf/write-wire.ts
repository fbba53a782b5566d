/** Field numbers and values of a message under way; a message that stands in another is finished first. */
export class MessageWriter {
  readonly #parts: Uint8Array[] = [];
  #size = 0;

  /** An integer, as 64 bits in two's complement. */
  integer(number: number, value: number | bigint): void {
    this.#add(varint((number << 3) | 0));
    this.#add(varint(value));
  }

  double(number: number, value: number): void {
    this.#add(varint((number << 3) | 1));
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleLE(value);
    this.#add(bytes);
  }

  bytes(number: number, value: Uint8Array): void {
    this.#add(varint((number << 3) | 2));
    this.#add(varint(value.length));
    this.#add(value);
  }

  text(number: number, value: string): void {
    this.bytes(number, Buffer.from(value));
  }

  finish(): Buffer {
    return Buffer.concat(this.#parts, this.#size);
  }

  #add(bytes: Uint8Array): void {
    this.#parts.push(bytes);
    this.#size += bytes.length;
  }
}

function varint(value: number | bigint): Uint8Array {
  if (typeof value === 'number' && value >= 0 && value < 0x80) return Uint8Array.of(value);
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest >= 0x80n) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  return Uint8Array.from([...bytes, Number(rest)]);
}
