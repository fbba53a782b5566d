import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { exists } from '@croft/foundation/files';
import { requireStatus, saveBody } from '@croft/repository/http/body';
import { sendRequest } from '@croft/repository/http/request';
import type { Artifact } from '../types.ts';
import { readFolder } from './file-facts.ts';

const timeoutMs = 60_000;
const mostBytes = 2 * 1024 ** 3;
/** Tarballs and folders. */
const mostKept = 100;

/**
 * The tarball of an artifact that somebody else serves, under its digest in `folder`; fetched unless it is there already.
 * Throws when it cannot be had, or is another than its digest says.
 */
export async function fetchArtifact({ url, digest }: Artifact, folder: string): Promise<string> {
  if (!/^sha256:[0-9a-f]{64}$/.test(digest))
    throw new Error(`the artifact at ${url} has no sha256 digest but "${digest}"`);
  const path = join(folder, `${digest.replace(':', '-')}.tar.gz`);
  if (await exists(path)) return path;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await removeOldest(folder);
  const temporary = `${path}.${randomUUID()}.tmp`;
  const response = await sendRequest({ url }, { timeoutMs });
  requireStatus(response, 200);
  const saved = await saveBody(response, temporary, mostBytes);
  if (saved.digest !== digest) {
    await rm(temporary, { force: true });
    throw new Error(`the artifact at ${url} has digest ${saved.digest}, but ${digest} is expected`);
  }
  await rename(temporary, path);
  return path;
}

/** What others serve is fetched again when it is wanted again. */
async function removeOldest(folder: string): Promise<void> {
  const names = await readFolder(folder);
  const aged = await Promise.all(names.map(async (name) => ({ name, ...(await stat(join(folder, name))) })));
  aged.sort((a, b) => b.ctimeMs - a.ctimeMs);
  for (const { name } of aged.slice(mostKept)) await rm(join(folder, name), { recursive: true, force: true });
}
