import type { Duplex } from 'node:stream';
import type { Clock } from '@croft/foundation/clock';
import type { Connection } from './connection.ts';

export interface ExecSessionOptions {
  command: readonly string[];
  stdin: boolean;
  stdout: boolean;
  stderr: boolean;
  tty: boolean;
}

interface ExecInspect {
  Running: boolean;
  ExitCode: number;
  /** In the host's numbers; 0 before it runs. */
  Pid: number;
}

const lookAgainMs = 50;

/** A command in a container, joined to a connection. */
export interface ExecSession {
  /** Frames as `readFrames` reads them, or what comes from the terminal as it is. */
  readonly stream: Duplex;
  /** Characters. */
  resize(size: { width: number; height: number }): Promise<void>;
  /** To be asked once the stream has ended; waits for the command's end. Rejects when the signal aborts. */
  readExitCode(clock: Clock, signal: AbortSignal): Promise<number>;
  /** Kills the command if it still runs. */
  kill(): Promise<void>;
}

/** Starts a command in a running container. Throws EngineError. */
export async function startExec(engine: Connection, containerId: string, options: ExecSessionOptions) {
  const { command, stdin, stdout, stderr, tty } = options;
  const { Id } = await engine.call<{ Id: string }>({
    method: 'POST',
    path: `/containers/${containerId}/exec`,
    body: { Cmd: command, AttachStdin: stdin, AttachStdout: stdout, AttachStderr: stderr, Tty: tty },
  });
  const inspect = () => engine.call<ExecInspect>({ method: 'GET', path: `/exec/${Id}/json` });
  const stream = await engine.hijack({ method: 'POST', path: `/exec/${Id}/start`, body: { Detach: false, Tty: tty } });
  const session: ExecSession = {
    stream,
    resize: async ({ width, height }) => {
      await engine.call({ method: 'POST', path: `/exec/${Id}/resize`, query: { w: width, h: height } });
    },
    readExitCode: async (clock, signal) => {
      for (;;) {
        const { Running, ExitCode } = await inspect();
        if (!Running) return ExitCode;
        await clock.wait(lookAgainMs, signal);
      }
    },
    kill: async () => {
      const { Running, Pid } = await inspect();
      if (Running && Pid > 0) process.kill(Pid, 'SIGKILL');
    },
  };
  return session;
}
