import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { run } from '@croft/foundation/process';

export interface BuildOptions {
  /** The folder with the Containerfile and what it copies. */
  folder: string;
  /** `localhost/croft/NAME:TAG`. */
  name: string;
  /** The environment of the instance's Podman. */
  environment: NodeJS.ProcessEnv;
  /** Takes the whole output; its folder is made. */
  logPath: string;
  /** 30 minutes when left out. */
  timeoutMs?: number;
  signal?: AbortSignal;
  /** Each line of the build's output. */
  onProgress?: (line: string) => void;
  /** Extra `--volume` arguments, such as the host's certificates. */
  volumes?: readonly string[];
  buildArguments?: Readonly<Record<string, string>>;
}

/**
 * Builds an image with `podman build`, on the host's network, reusing layers of earlier builds. Throws ProcessError with
 * the end of the build's error text.
 */
export async function buildImage(options: BuildOptions): Promise<void> {
  await mkdir(dirname(options.logPath), { recursive: true });
  const log = createWriteStream(options.logPath, { mode: 0o600 });
  const lines = createLineSplitter(options.onProgress ?? (() => {}));
  try {
    await run('podman', buildArgs(options), {
      timeoutMs: options.timeoutMs ?? 30 * 60_000,
      env: options.environment,
      onOutput: (chunk) => {
        log.write(chunk);
        lines(chunk);
      },
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
  } finally {
    await new Promise<void>((resolve) => log.end(resolve));
  }
}

function buildArgs(options: BuildOptions): string[] {
  const { folder, name, volumes = [], buildArguments = {} } = options;
  return [
    'build',
    '--network=host',
    '--layers',
    '--force-rm',
    '--pull=missing',
    ...volumes.map((volume) => `--volume=${volume}`),
    ...Object.entries(buildArguments).map(([key, value]) => `--build-arg=${key}=${value}`),
    `--tag=${name}`,
    `--file=${join(folder, 'Containerfile')}`,
    folder,
  ];
}

function createLineSplitter(onLine: (line: string) => void): (chunk: Buffer) => void {
  let rest = '';
  return (chunk) => {
    const lines = (rest + chunk.toString('utf8')).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') onLine(line);
  };
}
