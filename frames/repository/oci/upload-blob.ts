import { sha256Digest } from '@croft/foundation/digest';
import { type Registry, registryError, requireAnswer } from './registry.ts';

/** Uploads a blob unless the registry has it. Throws FetchError. */
export async function uploadBlob(registry: Registry, repository: string, data: Uint8Array): Promise<void> {
  const scope = `repository:${repository}:pull,push`;
  const digest = sha256Digest(data);
  const known = await registry.send({ path: `/v2/${repository}/blobs/${digest}`, method: 'HEAD' }, scope);
  known.discard();
  if (known.status === 200) return;
  const begun = await registry.send({ path: `/v2/${repository}/blobs/uploads/`, method: 'POST' }, scope);
  await requireAnswer(begun, 202);
  begun.discard();
  const { location } = begun.headers;
  if (location === undefined) throw await registryError(begun);
  const target = new URL(location, begun.url);
  target.searchParams.set('digest', digest);
  const headers = { 'content-type': 'application/octet-stream' };
  const done = await registry.send({ path: target.href, method: 'PUT', headers, body: data }, scope);
  (await requireAnswer(done, 201, 204)).discard();
}
