import { once } from 'node:events';
import type { Duplex, Writable } from 'node:stream';
import type { ProcessStreams, TerminalSize } from '@croft/apiserver/streams/node-streams';
import type { Clock } from '@croft/foundation/clock';
import { hasErrorCode } from '@croft/foundation/errors';
import { EngineError } from '../engine/engine-error.ts';
import { readFrames } from '../engine/stream-frames.ts';

/** A process of the engine, joined to a connection. */
export interface JoinedProcess {
  readonly stream: Duplex;
  /** Whether what comes is a terminal's, and not in frames. */
  readonly tty: boolean;
  /** Whether the process' input ends when the client's does. */
  readonly endsInput: boolean;
  resize(size: TerminalSize): Promise<void>;
}

/** Carries input, output and sizes between client and process until the process writes no more, or the client goes. */
export async function joinProcess(process: JoinedProcess, streams: ProcessStreams, clock: Clock): Promise<void> {
  const { stream } = process;
  const leave = () => stream.destroy(streams.signal.reason as Error);
  streams.signal.addEventListener('abort', leave);
  try {
    streams.signal.throwIfAborted();
    if (process.tty) streams.onResize(createResizer(process, clock));
    streams.stdin?.pipe(stream, { end: process.endsInput });
    await copyOutput(process, streams);
  } catch (error) {
    if (!isUnreadInput(error)) throw error;
  } finally {
    streams.signal.removeEventListener('abort', leave);
    streams.stdin?.unpipe(stream);
    stream.on('error', () => {}); // input that came after the end
    stream.destroy();
  }
}

/** The process ended before it had read all that the client sent: its exit code tells how, not this. */
function isUnreadInput(error: unknown): boolean {
  return hasErrorCode(error, 'EPIPE') || hasErrorCode(error, 'ECONNRESET');
}

async function copyOutput({ stream, tty }: JoinedProcess, { stdout, stderr }: ProcessStreams): Promise<void> {
  if (tty) {
    for await (const data of stream) await write(stdout, data as Buffer);
    return;
  }
  for await (const frame of readFrames(stream)) await write(frame.stream === 'stderr' ? stderr : stdout, frame.data);
}

/** Waits as long as the client reads slower than the process writes. */
async function write(output: Writable | undefined, data: Buffer): Promise<void> {
  if (output === undefined || output.destroyed || output.write(data)) return;
  const closed = new AbortController();
  const stop = () => closed.abort();
  output.once('close', stop);
  await once(output, 'drain', { signal: closed.signal }).catch((error: unknown) => {
    if (!closed.signal.aborted) throw error;
  });
  output.off('close', stop);
}

const attempts = 10;
const pauseMs = 50;

/** Sets sizes one after another, the newest only; a process that has barely begun may have no terminal yet. */
function createResizer(process: JoinedProcess, clock: Clock): (size: TerminalSize) => void {
  let wanted: TerminalSize | undefined;
  let running = false;
  const run = async () => {
    running = true;
    for (let left = attempts; wanted !== undefined && left > 0; left--) {
      const size = wanted;
      try {
        await process.resize(size);
        if (wanted === size) wanted = undefined;
      } catch (error) {
        if (!(error instanceof EngineError) || process.stream.destroyed) break;
        await clock.wait(pauseMs);
      }
    }
    running = false;
  };
  return (size) => {
    wanted = size;
    if (!running) void run();
  };
}
