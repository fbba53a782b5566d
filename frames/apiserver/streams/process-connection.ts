import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { Status } from '@croft/api/status';
import type { ProcessStreams, TerminalSize } from './node-streams.ts';

/** A process' streams over a connection, and its end. */
export interface ProcessConnection {
  readonly streams: ProcessStreams;
  /** Sends what became of the process after all that it wrote, and closes. */
  finish(status: Partial<Status>): Promise<void>;
}

/** Ends a stream to the client, and waits until all of it is sent or the client has gone. */
export async function endOutput(output: Writable | undefined): Promise<void> {
  if (output === undefined || output.destroyed) return;
  if (!output.writableEnded) output.end();
  await finished(output, { readable: false }).catch(() => {}); // the client went away
}

/** Keeps the last size for who listens later. */
export function createSizes(): { tell(message: Buffer): void; listen: ProcessStreams['onResize'] } {
  let last: TerminalSize | undefined;
  let listener: ((size: TerminalSize) => void) | undefined;
  return {
    tell: (message) => {
      last = parseSize(message) ?? last;
      if (last !== undefined) listener?.(last);
    },
    listen: (listen) => {
      listener = listen;
      if (last !== undefined) listen(last);
    },
  };
}

/** `{"Width":80,"Height":24}`; undefined for anything else. */
function parseSize(message: Buffer): TerminalSize | undefined {
  try {
    const { Width: width, Height: height } = JSON.parse(message.toString('utf8')) as Record<string, unknown>;
    const isCount = (value: unknown): value is number => Number.isInteger(value) && (value as number) > 0;
    return isCount(width) && isCount(height) ? { width, height } : undefined;
  } catch {
    return undefined;
  }
}
