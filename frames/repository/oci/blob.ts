import { rm } from 'node:fs/promises';
import { readBody, saveBody } from '../http/body.ts';
import { FetchError } from '../http/fetch-error.ts';
import type { HttpResponse } from '../http/request.ts';
import type { Descriptor } from './manifest.ts';
import { hasDigest } from './reference.ts';
import { type Registry, requireAnswer } from './registry.ts';

/** A blob in memory; its digest and size are checked. Throws FetchError. */
export async function fetchBlob(
  registry: Registry,
  repository: string,
  descriptor: Descriptor,
  maxBytes: number,
): Promise<Buffer> {
  const response = await openBlob(registry, repository, descriptor, maxBytes);
  const data = await readBody(response, maxBytes);
  if (!hasDigest(data, descriptor.digest)) throw wrongDigest(response, descriptor);
  return data;
}

/** A blob of SHA-256 as a new file at `path`, never whole in memory; its digest is checked. Throws FetchError. */
export async function saveBlob(
  registry: Registry,
  repository: string,
  descriptor: Descriptor,
  path: string,
  maxBytes: number,
): Promise<void> {
  const response = await openBlob(registry, repository, descriptor, maxBytes);
  const { digest } = await saveBody(response, path, maxBytes);
  if (digest === descriptor.digest) return;
  await rm(path, { force: true });
  throw wrongDigest(response, descriptor);
}

async function openBlob(
  registry: Registry,
  repository: string,
  { digest, size }: Descriptor,
  maxBytes: number,
): Promise<HttpResponse> {
  const path = `/v2/${repository}/blobs/${digest}`;
  if (size > maxBytes) {
    throw new FetchError(`${registry.host}${path}`, `the blob has ${size} bytes; more than ${maxBytes} are not taken`);
  }
  const response = await registry.send({ path }, `repository:${repository}:pull`);
  return await requireAnswer(response, 200);
}

function wrongDigest({ url }: HttpResponse, { digest }: Descriptor): FetchError {
  return new FetchError(url, `what was received does not have the digest ${digest}`);
}
