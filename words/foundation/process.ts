import { spawn } from 'node:child_process';
import { hasErrorCode } from './errors.ts';

export interface RunOptions {
  /** The process is killed after so many milliseconds. There is always a limit. */
  timeoutMs: number;
  cwd?: string;
  /** The whole environment of the process; the caller's own when left out. */
  env?: NodeJS.ProcessEnv;
  /** Written to standard input, which is then closed. */
  input?: string | Uint8Array;
  signal?: AbortSignal;
  /** Exit codes that are no failure; [0] when left out. */
  okExitCodes?: readonly number[];
  /** Called with each piece of output as it comes, for progress. */
  onOutput?: (chunk: Buffer) => void;
  /** More output than this on one stream is a failure; 64 MiB when left out. */
  maxOutputBytes?: number;
  /** What the process has started is killed with it. It then leads a process group of its own. */
  group?: boolean;
}

export interface RunResult {
  stdout: string;
  stderr: string;
  exitCode: number;
}

/** A program that could not be started, failed, or took too long. The message holds the end of its error text. */
export class ProcessError extends Error {
  override readonly name = 'ProcessError';
  readonly command: string;
  readonly exitCode: number | undefined;
  readonly stderr: string;

  constructor(command: string, what: string, stderr: string, exitCode?: number) {
    const text = stderr.trim().slice(-4000);
    super(`${command} ${what}${text === '' ? '' : `: ${text}`}`);
    this.command = command;
    this.exitCode = exitCode;
    this.stderr = stderr;
  }
}

/** Runs a program without a shell and gives its output. Throws ProcessError. */
export async function run(command: string, args: readonly string[], options: RunOptions): Promise<RunResult> {
  const maxBytes = options.maxOutputBytes ?? 64 * 1024 * 1024;
  return await new Promise<RunResult>((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['pipe', 'pipe', 'pipe'],
      signal: options.signal,
      killSignal: 'SIGKILL',
      detached: options.group ?? false,
    });
    const kill = () => {
      if (options.group && child.pid !== undefined) killGroup(child.pid);
      child.kill('SIGKILL');
    };
    if (options.group) options.signal?.addEventListener('abort', kill, { once: true });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let failure: string | undefined;
    const stop = (why: string) => {
      failure ??= why;
      kill();
    };
    const timer = setTimeout(() => stop(`did not finish within ${options.timeoutMs / 1000} s`), options.timeoutMs);
    const collect = (into: Buffer[]) => {
      let size = 0;
      return (chunk: Buffer) => {
        size += chunk.length;
        if (size > maxBytes) stop(`printed more than ${maxBytes} bytes`);
        else into.push(chunk);
        options.onOutput?.(chunk);
      };
    };
    child.stdout.on('data', collect(stdout));
    child.stderr.on('data', collect(stderr));
    child.on('error', (error) => {
      clearTimeout(timer);
      const reason =
        'code' in error && error.code === 'ENOENT' ? 'is not installed' : `could not run: ${error.message}`;
      reject(new ProcessError(command, reason, ''));
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', kill);
      const errorText = Buffer.concat(stderr).toString('utf8');
      if (failure !== undefined) return reject(new ProcessError(command, failure, errorText));
      if (code === null) return reject(new ProcessError(command, `was ended by ${signal}`, errorText));
      if (!(options.okExitCodes ?? [0]).includes(code)) {
        return reject(new ProcessError(command, `failed with exit code ${code}`, errorText, code));
      }
      resolve({ stdout: Buffer.concat(stdout).toString('utf8'), stderr: errorText, exitCode: code });
    });
    child.stdin.on('error', () => stop('closed its input early'));
    child.stdin.end(options.input);
  });
}

function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch (error) {
    if (!hasErrorCode(error, 'ESRCH')) throw error; // all of them have ended
  }
}
