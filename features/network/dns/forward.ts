import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { connect, isIPv6 } from 'node:net';

const tryMs = 2_000;
const dnsPort = 53;

export type Transport = 'udp' | 'tcp';

/** `address`, or `address#port`. */
function parseServer(server: string): { address: string; port: number } {
  const [address = '', port] = server.split('#');
  return { address, port: port === undefined ? dnsPort : Number(port) };
}

/**
 * Asks the servers one after another and gives the first answer, under the query's own id. Undefined when there is no
 * server or none answers in time.
 */
export async function forwardQuery(
  query: Buffer,
  servers: readonly string[],
  transport: Transport,
): Promise<Buffer | undefined> {
  const outgoing = Buffer.from(query);
  outgoing.writeUInt16BE(randomInt(0x10000), 0);
  const ask = transport === 'udp' ? askByDatagram : askByStream;
  for (const server of servers) {
    const answer = await ask(outgoing, server);
    if (answer === undefined) continue;
    answer.writeUInt16BE(query.readUInt16BE(0), 0);
    return answer;
  }
  return undefined;
}

/** Each question has a socket, and so a port, of its own: answers that others make up do not fit. */
function askByDatagram(query: Buffer, server: string): Promise<Buffer | undefined> {
  const { address, port } = parseServer(server);
  return new Promise((resolve) => {
    const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
    const finish = (answer?: Buffer) => {
      clearTimeout(timer);
      socket.close();
      resolve(answer);
    };
    const timer = setTimeout(finish, tryMs);
    socket.once('error', () => finish());
    socket.on('message', (message) => {
      if (message.length >= 12 && message.readUInt16BE(0) === query.readUInt16BE(0)) finish(message);
    });
    socket.connect(port, address, () => socket.send(query));
  });
}

function askByStream(query: Buffer, server: string): Promise<Buffer | undefined> {
  const { address, port } = parseServer(server);
  return new Promise((resolve) => {
    const socket = connect(port, address);
    let received: Buffer = Buffer.alloc(0);
    const finish = (answer?: Buffer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(tryMs, () => finish());
    socket.once('error', () => finish());
    socket.once('end', () => finish());
    socket.once('connect', () => socket.write(withLength(query)));
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0))
        finish(Buffer.from(received.subarray(2, 2 + received.readUInt16BE(0))));
    });
  });
}

/** DNS messages on a stream begin with their length (RFC 1035 section 4.2.2). */
export function withLength(message: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return Buffer.concat([length, message]);
}
