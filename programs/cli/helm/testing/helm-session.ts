import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runHelm } from '../run-helm.ts';

export interface Outcome {
  code: number;
  out: string;
  err: string;
}

/** A folder of its own, with a home of its own for helm, and `croft helm` run there; lines are divided at blanks. */
export interface HelmSession extends AsyncDisposable {
  folder: string;
  helm(line: string): Promise<Outcome>;
  /** Runs a line that must succeed; gives what it prints. */
  ok(line: string): Promise<string>;
  /** Runs a line that must fail with such an error. */
  fails(line: string, error: RegExp): Promise<void>;
  write(path: string, data: string | Uint8Array): Promise<void>;
}

export async function startHelmSession(): Promise<HelmSession> {
  const folder = await mkdtemp(join(tmpdir(), 'croft-helm-'));
  const env = { PATH: process.env.PATH, HOME: join(folder, 'home') };
  const helm = (line: string) => captureHelm(line.split(' '), folder, env);
  return {
    folder,
    helm,
    ok: async (line) => {
      const { code, out, err } = await helm(line);
      assert.equal(code, 0, `${line}: ${err}`);
      return out;
    },
    fails: async (line, error) => {
      const { code, err } = await helm(line);
      assert.equal(code, 1, line);
      assert.match(err, error, line);
    },
    write: async (path, data) => {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), data);
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Runs a command line in a folder; gives what it prints. */
export async function captureHelm(args: readonly string[], folder: string, env: NodeJS.ProcessEnv): Promise<Outcome> {
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
  outcome.code = await runHelm(args, { terminal, env, folder });
  return outcome;
}
