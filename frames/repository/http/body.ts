import { createHash } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { FetchError } from './fetch-error.ts';
import type { HttpResponse } from './request.ts';

/** The body as a whole. Throws FetchError when it is larger than `maxBytes`. */
export async function readBody(response: HttpResponse, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of limit(response, maxBytes)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The beginning of a body, for an error's text; nothing when it cannot be read. */
export async function readExcerpt(response: HttpResponse): Promise<string> {
  try {
    return (await readBody(response, 64 * 1024)).toString('utf8');
  } catch {
    return '';
  }
}

export interface SavedBody {
  /** `sha256:` and 64 hexadecimal digits. */
  digest: string;
  size: number;
}

/** Writes the body to a new file, which is removed again when it fails. Throws FetchError when it is larger than `maxBytes`. */
export async function saveBody(response: HttpResponse, path: string, maxBytes: number): Promise<SavedBody> {
  const hash = createHash('sha256');
  let size = 0;
  const file = await open(path, 'wx', 0o600);
  try {
    for await (const chunk of limit(response, maxBytes)) {
      hash.update(chunk);
      size += chunk.length;
      await file.write(chunk);
    }
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
  return { digest: `sha256:${hash.digest('hex')}`, size };
}

async function* limit(response: HttpResponse, maxBytes: number): AsyncGenerator<Buffer> {
  let size = 0;
  for await (const chunk of response.body) {
    size += chunk.length;
    if (size > maxBytes) throw new FetchError(response.url, `the answer is larger than ${maxBytes} bytes`);
    yield chunk;
  }
}

/** Throws FetchError unless the answer has this status. */
export function requireStatus(response: HttpResponse, ...expected: number[]): void {
  if (expected.includes(response.status)) return;
  response.discard();
  throw new FetchError(response.url, `${response.status} ${response.statusText}`.trim(), response.status);
}
