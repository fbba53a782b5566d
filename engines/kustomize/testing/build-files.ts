import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildKustomization } from '../build-kustomization.ts';

export type Files = Readonly<Record<string, string>>;

/** Runs with a folder that holds the files, and removes it. */
export function withFiles<T>(files: Files, run: (root: string) => T): T {
  const root = mkdtempSync(join(tmpdir(), 'kustomize-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    return run(root);
  } finally {
    rmSync(root, { recursive: true });
  }
}

/** The YAML that a build of the files gives, or of a folder among them. */
export function buildFiles(files: Files, path = '.'): string {
  return withFiles(files, (root) => buildKustomization({ root, path }).yaml);
}
