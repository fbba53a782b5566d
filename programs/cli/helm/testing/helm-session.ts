import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runHelm } from '../run-helm.ts';

export interface Outcome {
  code: number;
  out: string;
  err: string;
}

/** A folder of its own, with a home of its own for helm, and `croft helm` run there. */
export interface HelmSession extends AsyncDisposable {
  folder: string;
  env: NodeJS.ProcessEnv;
  /** Runs a command line; words are divided by blanks. */
  helm(line: string, ...more: string[]): Promise<Outcome>;
  write(path: string, data: string | Uint8Array): Promise<void>;
}

export async function startHelmSession(): Promise<HelmSession> {
  const folder = await mkdtemp(join(tmpdir(), 'croft-helm-'));
  const env = { PATH: process.env.PATH, HOME: join(folder, 'home') };
  return {
    folder,
    env,
    helm: async (line, ...more) => {
      const outcome: Outcome = { code: 0, out: '', err: '' };
      const terminal = {
        write: (text: string) => {
          outcome.out += text;
        },
        print: (text: string) => {
          outcome.out += `${text}\n`;
        },
        say: (text: string) => {
          outcome.err += `${text}\n`;
        },
      };
      outcome.code = await runHelm([...line.split(' '), ...more], { terminal, env, folder });
      return outcome;
    },
    write: async (path, data) => {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), data);
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
