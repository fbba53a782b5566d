// Frames of SPDY/3.1 (section 2.2): eight bytes of head, then the payload.

export const controlType = { synStream: 1, synReply: 2, reset: 3, ping: 6, goAway: 7, headers: 8 };
export const finFlag = 1;

export interface ControlFrame {
  readonly kind: 'control';
  readonly type: number;
  readonly flags: number;
  readonly payload: Buffer;
}

export interface DataFrame {
  readonly kind: 'data';
  readonly streamId: number;
  readonly flags: number;
  readonly payload: Buffer;
}

const headBytes = 8;
const controlBit = 0x80000000;
const version = 3;

export async function* readSpdyFrames(source: AsyncIterable<Buffer>): AsyncGenerator<ControlFrame | DataFrame> {
  let chunks: Buffer[] = [];
  let size = 0;
  let wanted = headBytes;
  for await (const chunk of source) {
    chunks.push(chunk);
    size += chunk.length;
    while (size >= wanted) {
      const bytes = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
      const end = headBytes + (bytes.readUInt32BE(4) & 0xffffff);
      const whole = size >= end;
      if (whole) yield parseFrame(bytes.subarray(0, end));
      chunks = whole ? [bytes.subarray(end)] : [bytes];
      size = chunks[0]?.length ?? 0;
      wanted = whole ? headBytes : end;
    }
  }
}

function parseFrame(bytes: Buffer): ControlFrame | DataFrame {
  const first = bytes.readUInt32BE(0);
  const flags = bytes[4] ?? 0;
  const payload = bytes.subarray(headBytes);
  if (first < controlBit) return { kind: 'data', streamId: first, flags, payload };
  return { kind: 'control', type: first & 0xffff, flags, payload };
}

export function renderData(streamId: number, flags: number, payload: Uint8Array): Buffer {
  return render(streamId, flags, payload);
}

export function renderControl(type: number, flags: number, payload: Uint8Array): Buffer {
  return render(controlBit + version * 0x10000 + type, flags, payload);
}

/** Numbers of four bytes each, as most control frames begin with. */
export function renderNumbers(...numbers: number[]): Buffer {
  const bytes = Buffer.alloc(4 * numbers.length);
  for (const [index, number] of numbers.entries()) bytes.writeUInt32BE(number, 4 * index);
  return bytes;
}

function render(first: number, flags: number, payload: Uint8Array): Buffer {
  const head = renderNumbers(first, payload.length);
  head[4] = flags;
  return Buffer.concat([head, payload]);
}
