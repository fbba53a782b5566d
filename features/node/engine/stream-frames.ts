export interface Frame {
  stream: 'stdin' | 'stdout' | 'stderr';
  data: Buffer;
}

const streams = ['stdin', 'stdout', 'stderr'] as const;
const headerBytes = 8;

/**
 * The frames of a multiplexed stream as the Docker API attaches to processes without a terminal: one byte for the
 * stream, three of padding, the length in four bytes (big endian), then the data.
 */
export async function* readFrames(source: AsyncIterable<Buffer>): AsyncGenerator<Frame> {
  let buffered: Buffer = Buffer.alloc(0);
  for await (const chunk of source) {
    buffered = buffered.length === 0 ? chunk : Buffer.concat([buffered, chunk]);
    while (buffered.length >= headerBytes) {
      const end = headerBytes + buffered.readUInt32BE(4);
      if (buffered.length < end) break;
      const stream = streams[buffered[0] ?? 0] ?? 'stdout';
      yield { stream, data: buffered.subarray(headerBytes, end) };
      buffered = buffered.subarray(end);
    }
  }
}
