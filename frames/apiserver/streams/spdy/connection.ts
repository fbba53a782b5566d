import { Duplex } from 'node:stream';
import {
  type ControlFrame,
  controlType,
  type DataFrame,
  finFlag,
  readSpdyFrames,
  renderControl,
  renderData,
  renderNumbers,
} from './frames.ts';
import { createHeaderCodec, type HeaderCodec, type Headers } from './headers.ts';

/** Told of each stream that the client opens; it is answered already. */
export type StreamListener = (stream: Duplex, headers: Headers) => void;

/** How much of one stream may lie unread before the whole connection waits: this SPDY has no windows. */
const unreadBytes = 1024 * 1024;
const cancelled = 5;
const idMask = 0x7fffffff;

interface Session {
  readonly connection: Duplex;
  readonly codec: HeaderCodec;
  readonly streams: Map<number, Duplex>;
  readonly listener: StreamListener;
}

/**
 * Serves SPDY/3.1 as Kubernetes' clients speak it (moby/spdystream: no flow control, streams opened by the client only).
 * Resolves when the client has gone; its streams are destroyed then.
 */
export async function serveSpdy(connection: Duplex, listener: StreamListener): Promise<void> {
  using codec = createHeaderCodec();
  const session: Session = { connection, codec, streams: new Map(), listener };
  connection.on('error', () => connection.destroy());
  try {
    for await (const frame of readSpdyFrames(connection)) {
      if (frame.kind === 'data') await takeData(session, frame);
      else if (await takeControl(session, frame)) return;
    }
  } finally {
    connection.destroy();
    for (const stream of session.streams.values()) stream.destroy(new Error('the client went away'));
  }
}

async function takeData({ streams }: Session, { streamId, flags, payload }: DataFrame): Promise<void> {
  const stream = streams.get(streamId);
  if (stream === undefined || stream.readableEnded || stream.destroyed) return;
  const goesOn = payload.length === 0 || stream.push(payload);
  if ((flags & finFlag) !== 0) stream.push(null);
  else if (!goesOn) await whenWanted(stream);
}

/** Resolves once more is to be read from the stream, or nothing ever will be. */
function whenWanted(stream: Duplex): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      stream.off('wanted', done).off('close', done);
      resolve();
    };
    stream.on('wanted', done).on('close', done);
  });
}

/** True at the connection's end. */
async function takeControl(session: Session, { type, flags, payload }: ControlFrame): Promise<boolean> {
  const { connection, streams, codec } = session;
  const id = payload.length < 4 ? 0 : payload.readUInt32BE(0) & idMask;
  switch (type) {
    case controlType.synStream:
      await openStream(session, id, flags, await codec.decode(payload.subarray(10)));
      break;
    case controlType.headers:
      await codec.decode(payload.subarray(4)); // to keep up with the compression
      break;
    case controlType.reset:
      streams.get(id)?.destroy(new Error('the client closed the stream'));
      break;
    case controlType.ping:
      if (id % 2 === 1) connection.write(renderControl(controlType.ping, 0, payload));
      break;
    case controlType.goAway:
      return true;
  }
  return false;
}

async function openStream(session: Session, id: number, flags: number, headers: Headers): Promise<void> {
  const { connection, codec, streams, listener } = session;
  if (streams.has(id)) throw new Error(`SPDY: stream ${id} was opened twice`);
  const reply = Buffer.concat([renderNumbers(id), await codec.encode({})]);
  connection.write(renderControl(controlType.synReply, 0, reply));
  const stream = createStream(session, id);
  streams.set(id, stream);
  if ((flags & finFlag) !== 0) stream.push(null);
  listener(stream, headers);
}

function createStream({ connection, streams }: Session, id: number): Duplex {
  const stream: Duplex = new Duplex({
    allowHalfOpen: true,
    readableHighWaterMark: unreadBytes,
    read: () => void stream.emit('wanted'),
    write: (data: Buffer, _encoding, done) => void connection.write(renderData(id, 0, data), done),
    final: (done) => void connection.write(renderData(id, finFlag, Buffer.alloc(0)), done),
    destroy: (error, done) => {
      streams.delete(id);
      const isWhole = stream.readableEnded && stream.writableFinished;
      if (!isWhole && connection.writable) {
        connection.write(renderControl(controlType.reset, 0, renderNumbers(id, cancelled)));
      }
      done(error);
    },
  });
  stream.on('error', () => {}); // whoever uses the stream hears of it too
  return stream;
}
