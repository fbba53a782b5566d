import { Readable, Writable } from 'node:stream';
import type { WebSocket } from 'ws';
import { createSizes, endOutput, type ProcessConnection } from './process-connection.ts';
import type { ProcessOptions } from './process-options.ts';

/** The first byte of each message tells whose it is (KEP-3396, WebSocket subprotocols v4 and v5.channel.k8s.io). */
const channel = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4, close: 255 };

export const channelProtocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];

export function openChannels(webSocket: WebSocket, options: ProcessOptions): ProcessConnection {
  const gone = new AbortController();
  const stdin = options.stdin ? openInput(webSocket) : undefined;
  const stdout = options.stdout ? openOutput(webSocket, channel.stdout) : undefined;
  const stderr = options.stderr ? openOutput(webSocket, channel.stderr) : undefined;
  const sizes = createSizes();
  webSocket.on('message', (message: Buffer) => {
    const data = message.subarray(1);
    if (message[0] === channel.stdin) stdin?.take(data);
    else if (message[0] === channel.resize) sizes.tell(data);
    else if (message[0] === channel.close && data[0] === channel.stdin) stdin?.take(null);
  });
  webSocket.on('error', () => webSocket.terminate());
  webSocket.on('close', () => {
    gone.abort(new Error('the client went away'));
    for (const stream of [stdin?.readable, stdout, stderr]) stream?.destroy();
  });
  // Tells clients that the connection stands, as Kubernetes does, even when the process has nothing to say.
  const first = stdout !== undefined ? channel.stdout : stderr !== undefined ? channel.stderr : channel.error;
  webSocket.send(Buffer.of(first));
  return {
    streams: { stdin: stdin?.readable, stdout, stderr, tty: options.tty, onResize: sizes.listen, signal: gone.signal },
    finish: async (status) => {
      if (gone.signal.aborted) return;
      await Promise.all([stdout, stderr].map(endOutput));
      stdin?.readable.destroy(); // what comes now is dropped
      webSocket.send(Buffer.concat([Buffer.of(channel.error), Buffer.from(JSON.stringify(status))]));
      webSocket.close(1000);
    },
  };
}

/** `take` gives what came, or null for its end; a connection whose data nobody reads is paused. */
function openInput(webSocket: WebSocket): { readable: Readable; take(data: Buffer | null): void } {
  const readable = new Readable({ read: () => webSocket.resume() });
  readable.on('close', () => webSocket.resume());
  let ended = false;
  return {
    readable,
    take: (data) => {
      if (ended || readable.destroyed) return;
      ended = data === null;
      if (!readable.push(data) && !ended) webSocket.pause();
    },
  };
}

function openOutput(webSocket: WebSocket, number: number): Writable {
  const output = new Writable({
    write: (data: Buffer, _encoding, done) => webSocket.send(Buffer.concat([Buffer.of(number), data]), done),
  });
  output.on('error', () => {}); // the connection's end tells of it
  return output;
}
