import type { ServerResponse } from 'node:http';
import type { StreamBody } from '../request.ts';
import type { AnyRequest, AnyResponse } from './incoming.ts';

/** A client that lets so much pile up unread is cut off: it will connect again and list. */
const maxUnreadBytes = 64 * 1024 * 1024;

const framed = new WeakMap<Uint8Array, Buffer>();

/** A chunk of HTTP/1.1's chunked coding (RFC 9112, section 7.1). */
function frameOf(chunk: Uint8Array): Buffer {
  let frame = framed.get(chunk);
  if (frame === undefined) {
    frame = Buffer.concat([Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, lineBreak]);
    framed.set(chunk, frame);
  }
  return frame;
}

const lineBreak = Buffer.from('\r\n');

/** What is written in one go of the program is sent in one piece. */
function gatherWrites(output: ServerResponse): () => void {
  let gathers = false;
  return () => {
    if (gathers) return;
    gathers = true;
    output.cork();
    process.nextTick(() => {
      gathers = false;
      output.uncork();
    });
  };
}

/** Sends what comes bit by bit, such as the events of a watch, until the body or the client ends it. */
export function sendStream(body: StreamBody, incoming: AnyRequest, outgoing: AnyResponse): void {
  const output = outgoing as ServerResponse;
  output.flushHeaders?.();
  let open = true;
  let running: Disposable | undefined;
  const stop = () => {
    open = false;
    running?.[Symbol.dispose]();
  };
  outgoing.on('close', stop);
  incoming.resume();
  const frames = output.chunkedEncoding === true;
  // Events are framed once for all who watch, not once for each by Node.
  if (frames) output.chunkedEncoding = false;
  const gather = gatherWrites(output);
  running = body({
    write: (chunk) => {
      if (!open || chunk.length === 0) return open;
      if (output.writableLength > maxUnreadBytes) {
        stop();
        outgoing.destroy();
        return false;
      }
      gather();
      return output.write(frames ? frameOf(chunk) : chunk);
    },
    end: () => {
      if (frames) output.chunkedEncoding = true;
      if (open) output.end();
      stop();
    },
  });
  if (!open) running[Symbol.dispose]();
}
