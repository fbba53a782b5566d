import type { Connection } from './connection.ts';
import { readFrames } from './stream-frames.ts';

export interface ExecResult {
  exitCode: number;
  /** Standard output and error as they came, at most `maxOutputBytes` of them. */
  output: string;
}

export interface ExecOptions {
  timeoutMs: number;
  signal?: AbortSignal | undefined;
  /** 10 KiB when left out. */
  maxOutputBytes?: number;
}

/** A command in a container that did not end in time. It may still run. */
export class ExecTimeoutError extends Error {
  override readonly name = 'ExecTimeoutError';
}

/** Runs a command in a running container and waits for its end. Throws ExecTimeoutError, or EngineError. */
export async function execInContainer(
  engine: Connection,
  id: string,
  command: readonly string[],
  options: ExecOptions,
): Promise<ExecResult> {
  const timeout = AbortSignal.timeout(options.timeoutMs);
  const signal = options.signal === undefined ? timeout : AbortSignal.any([timeout, options.signal]);
  try {
    const { Id } = await engine.call<{ Id: string }>({
      method: 'POST',
      path: `/containers/${id}/exec`,
      body: { Cmd: command, AttachStdout: true, AttachStderr: true },
      signal,
    });
    const output = await readOutput(engine, Id, options.maxOutputBytes ?? 10_240, signal);
    const { ExitCode } = await engine.call<{ ExitCode: number }>({ method: 'GET', path: `/exec/${Id}/json`, signal });
    return { exitCode: ExitCode, output };
  } catch (error) {
    if (timeout.aborted)
      throw new ExecTimeoutError(`command ${JSON.stringify(command)} timed out after ${options.timeoutMs / 1000} s`);
    throw error;
  }
}

async function readOutput(engine: Connection, exec: string, maxBytes: number, signal: AbortSignal): Promise<string> {
  const stream = await engine.open({
    method: 'POST',
    path: `/exec/${exec}/start`,
    body: { Detach: false, Tty: false },
    timeoutMs: 2 ** 31 - 1,
    signal,
  });
  const kept: Buffer[] = [];
  let room = maxBytes;
  for await (const { data } of readFrames(stream)) {
    if (room > 0) kept.push(data.subarray(0, room));
    room -= data.length;
  }
  return Buffer.concat(kept).toString('utf8');
}
