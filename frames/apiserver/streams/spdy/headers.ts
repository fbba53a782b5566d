import { constants, createDeflate, createInflate } from 'node:zlib';
import { dictionary, renderText } from './dictionary.ts';

/** Names in lower case; several values of one name are parted by a zero byte. */
export type Headers = Readonly<Record<string, string>>;

/** Reads and writes header blocks; each side's blocks are one compressed stream, so they must come in their order. */
export interface HeaderCodec extends Disposable {
  decode(block: Buffer): Promise<Headers>;
  encode(headers: Headers): Promise<Buffer>;
}

const longestBlock = 8 * 1024;

export function createHeaderCodec(): HeaderCodec {
  const inflate = createInflate({ dictionary });
  const deflate = createDeflate({ dictionary, flush: constants.Z_SYNC_FLUSH });
  return {
    decode: async (block) => {
      if (block.length > longestBlock) throw new Error(`SPDY: a header block of ${block.length} bytes is too long`);
      return parseHeaders(await pass(inflate, block));
    },
    encode: async (headers) => await pass(deflate, renderHeaders(headers)),
    [Symbol.dispose]: () => {
      inflate.destroy();
      deflate.destroy();
    },
  };
}

function pass(transform: ReturnType<typeof createInflate>, block: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    transform.once('error', reject);
    transform.write(block, (error) => {
      transform.off('error', reject);
      if (error) reject(error);
      else resolve((transform.read() as Buffer | null) ?? Buffer.alloc(0));
    });
  });
}

function parseHeaders(bytes: Buffer): Headers {
  let at = 4;
  const readText = (): string => {
    const start = at + 4;
    at = start + bytes.readUInt32BE(at);
    return bytes.toString('utf8', start, at);
  };
  const count = bytes.readUInt32BE(0);
  const headers: Record<string, string> = {};
  for (let index = 0; index < count && at < bytes.length; index++) {
    const name = readText();
    headers[name] = readText();
  }
  return headers;
}

function renderHeaders(headers: Headers): Buffer {
  const entries = Object.entries(headers);
  const count = Buffer.alloc(4);
  count.writeUInt32BE(entries.length);
  return Buffer.concat([count, ...entries.flat().map(renderText)]);
}
