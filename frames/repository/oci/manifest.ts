import { sha256Digest } from '@croft/foundation/digest';
import { isJsonObject } from '@croft/foundation/json';
import { readBody } from '../http/body.ts';
import { FetchError } from '../http/fetch-error.ts';
import { hasDigest } from './reference.ts';
import { type Registry, requireAnswer } from './registry.ts';

export interface Descriptor {
  mediaType: string;
  digest: string;
  /** In bytes. */
  size: number;
  annotations?: Record<string, string>;
}

export interface Manifest {
  /** Of the manifest itself. */
  digest: string;
  size: number;
  config: Descriptor;
  layers: Descriptor[];
  annotations: Record<string, string>;
}

const manifestTypes = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
];
const mostBytes = 4 * 1024 * 1024;

/** The digest of what a tag names now; undefined when there is no such tag. Throws FetchError. */
export async function findDigest(registry: Registry, repository: string, tag: string): Promise<string | undefined> {
  const response = await registry.send(
    { path: `/v2/${repository}/manifests/${tag}`, method: 'HEAD', headers: { accept: manifestTypes.join(', ') } },
    `repository:${repository}:pull`,
  );
  response.discard();
  if (response.status === 404) return undefined;
  await requireAnswer(response, 200);
  const digest = response.headers['docker-content-digest'];
  if (typeof digest === 'string') return digest;
  return (await fetchManifestBytes(registry, repository, tag)).digest;
}

/**
 * The manifest of a tag or a digest; of an image for several platforms, that for linux/amd64 or the first. Its digest is
 * checked. Throws FetchError.
 */
export async function fetchManifest(registry: Registry, repository: string, reference: string): Promise<Manifest> {
  const { body, digest, url } = await fetchManifestBytes(registry, repository, reference);
  const content = parseObject(body, url);
  if (Array.isArray(content.manifests)) {
    return await fetchManifest(registry, repository, choosePlatform(content.manifests, url));
  }
  const layers = content.layers;
  if (!isJsonObject(content.config) || !Array.isArray(layers)) {
    throw new FetchError(url, 'this is no manifest of an OCI artifact or image');
  }
  return {
    digest,
    size: body.length,
    config: parseDescriptor(content.config, url),
    layers: layers.map((layer) => parseDescriptor(layer, url)),
    annotations: parseTexts(content.annotations),
  };
}

async function fetchManifestBytes(
  registry: Registry,
  repository: string,
  reference: string,
): Promise<{ body: Buffer; digest: string; url: string }> {
  const response = await registry.send(
    { path: `/v2/${repository}/manifests/${reference}`, headers: { accept: manifestTypes.join(', ') } },
    `repository:${repository}:pull`,
  );
  await requireAnswer(response, 200);
  const { url } = response;
  const body = await readBody(response, mostBytes);
  const told = response.headers['docker-content-digest'];
  const expected = reference.includes(':') ? reference : typeof told === 'string' ? told : sha256Digest(body);
  if (!hasDigest(body, expected)) throw new FetchError(url, `the manifest does not have the digest ${expected}`);
  return { body, digest: expected, url };
}

function choosePlatform(manifests: readonly unknown[], url: string): string {
  const isWanted = (item: unknown) => {
    const platform = isJsonObject(item) ? item.platform : undefined;
    return isJsonObject(platform) && platform.os === 'linux' && platform.architecture === 'amd64';
  };
  return parseDescriptor(manifests.find(isWanted) ?? manifests[0], url).digest;
}

function parseObject(body: Buffer, url: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    if (isJsonObject(value)) return value;
  } catch {
    // told below
  }
  throw new FetchError(url, 'the manifest is no JSON object');
}

function parseDescriptor(value: unknown, url: string): Descriptor {
  if (!isJsonObject(value)) throw new FetchError(url, 'the manifest has a descriptor that is no object');
  const { mediaType, digest, size } = value;
  if (typeof digest !== 'string' || !/^(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/.test(digest)) {
    throw new FetchError(url, `the manifest has a descriptor without a valid digest (${JSON.stringify(digest)})`);
  }
  return {
    mediaType: typeof mediaType === 'string' ? mediaType : '',
    digest,
    size: typeof size === 'number' ? size : -1,
    annotations: parseTexts(value.annotations),
  };
}

function parseTexts(value: unknown): Record<string, string> {
  if (!isJsonObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
