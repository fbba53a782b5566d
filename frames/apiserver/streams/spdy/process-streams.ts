import type { Duplex } from 'node:stream';
import { errorMessage } from '@croft/foundation/errors';
import type { Log } from '@croft/foundation/log';
import { createSizes, endOutput, type ProcessConnection } from '../process-connection.ts';
import type { ProcessOptions } from '../process-options.ts';
import { serveSpdy } from './connection.ts';

/** The protocol of exec and attach in which the error stream carries a Status. */
export const processProtocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];

/** How long the client may take to open its streams, as with a kubelet. */
const openingMs = 30_000;

/** Waits for the streams that the client said it would open. Rejects when it does not, and ends the connection. */
export async function openSpdyProcess(
  connection: Duplex,
  options: ProcessOptions,
  log: Log,
): Promise<ProcessConnection> {
  const gone = new AbortController();
  const wanted = wantedStreams(options);
  const streams = new Map<string, Duplex>();
  const complete = Promise.withResolvers<void>();
  const served = serveSpdy(connection, (stream, { streamtype = '' }) => {
    if (!wanted.includes(streamtype) || streams.has(streamtype)) return void stream.destroy();
    streams.set(streamtype, stream);
    if (streams.size === wanted.length) complete.resolve();
  });
  void served
    .catch((error: unknown) => log.debug('the connection to a process broke off', { error: errorMessage(error) }))
    .finally(() => {
      gone.abort(new Error('the client went away'));
      complete.reject(gone.signal.reason);
    });
  const late = setTimeout(() => connection.destroy(), openingMs);
  await complete.promise.finally(() => clearTimeout(late));
  return join(connection, streams, options, gone.signal);
}

function wantedStreams({ stdin, stdout, stderr, tty }: ProcessOptions): string[] {
  const asked = { error: true, stdin, stdout, stderr, resize: tty };
  return Object.entries(asked).flatMap(([name, isAsked]) => (isAsked ? [name] : []));
}

function join(
  connection: Duplex,
  streams: ReadonlyMap<string, Duplex>,
  { tty }: ProcessOptions,
  signal: AbortSignal,
): ProcessConnection {
  const [stdin, stdout, stderr, error] = ['stdin', 'stdout', 'stderr', 'error'].map((name) => streams.get(name));
  const sizes = createSizes();
  streams.get('resize')?.on('data', sizes.tell);
  for (const output of [stdout, stderr, error]) output?.resume(); // clients only end these
  return {
    streams: { stdin, stdout, stderr, tty, onResize: sizes.listen, signal },
    finish: async (status) => {
      await Promise.all([stdout, stderr].map(endOutput));
      error?.write(JSON.stringify(status));
      await endOutput(error);
      connection.end();
    },
  };
}
