import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readFolder } from './file-facts.ts';

/** How long an artifact stays that two newer ones have replaced: somebody may just be reading it. */
const retentionMs = 60_000;

/**
 * Removes old artifacts of one source: the current one and the one before it stay, others while they are young. Gives
 * the names of the files that went.
 */
export async function pruneOld(folder: string, current: string, nowMs: number): Promise<string[]> {
  const old = (await readKept(folder)).filter(({ base }) => base !== withoutExtension(current));
  const gone = old.slice(1).filter(({ changedMs }) => nowMs - changedMs > retentionMs);
  const files = gone.flatMap((kept) => kept.files);
  for (const file of files) await rm(join(folder, file), { recursive: true, force: true });
  return files;
}

interface Kept {
  base: string;
  files: string[];
  changedMs: number;
}

/** What lies in a source's folder, an artifact's tarball and its folder together, the newest first. */
async function readKept(folder: string): Promise<Kept[]> {
  const found = new Map<string, Kept>();
  for (const file of await readFolder(folder)) {
    const base = withoutExtension(file);
    const known = found.get(base) ?? { base, files: [], changedMs: 0 };
    const { mtimeMs } = await stat(join(folder, file));
    found.set(base, { base, files: [...known.files, file], changedMs: Math.max(known.changedMs, mtimeMs) });
  }
  return [...found.values()].sort((a, b) => b.changedMs - a.changedMs);
}

function withoutExtension(file: string): string {
  return file.replace(/\..*$/, '');
}
