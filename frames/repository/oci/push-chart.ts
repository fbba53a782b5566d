import { encodeJson } from '@croft/encoding/json/encode';
import { sha256Digest } from '@croft/foundation/digest';
import type { ChartMetadata } from '@croft/helm/chart/chart';
import { metadataObject } from '@croft/helm/render/objects';
import { chartAnnotations } from './chart-annotations.ts';
import type { Descriptor } from './manifest.ts';
import { CHART_CONFIG, CHART_LAYER, PROVENANCE_LAYER } from './media-types.ts';
import { type Reference, versionTag } from './reference.ts';
import { type Registry, requireAnswer } from './registry.ts';
import { uploadBlob } from './upload-blob.ts';

export interface ChartPackage {
  metadata: ChartMetadata;
  /** The packaged chart (.tgz). */
  archive: Uint8Array;
  provenance?: Uint8Array | undefined;
  /** When the archive was made: RFC 3339. */
  created: string;
}

const manifestType = 'application/vnd.oci.image.manifest.v1+json';

/**
 * Pushes a chart below `parent` (`oci://HOST/PARENT`) under its own name and version, as Helm does, byte for byte. Gives
 * its reference with the manifest's digest. Throws FetchError.
 */
export async function pushChart(registry: Registry, parent: string, chart: ChartPackage): Promise<Reference> {
  const { metadata, archive, provenance } = chart;
  const repository = [...parent.split('/').filter((part) => part !== ''), metadata.name].join('/');
  const tag = versionTag(metadata.version);
  const config = Buffer.from(encodeJson(metadataObject(metadata)));
  const layers = [describe(CHART_LAYER, archive)];
  if (provenance !== undefined) layers.push(describe(PROVENANCE_LAYER, provenance));
  layers.sort((a, b) => (a.digest < b.digest ? -1 : 1));
  const manifest = renderManifest(describe(CHART_CONFIG, config), layers, chartAnnotations(metadata, chart.created));
  for (const data of [archive, config, ...(provenance === undefined ? [] : [provenance])]) {
    await uploadBlob(registry, repository, data);
  }
  const response = await registry.send(
    {
      path: `/v2/${repository}/manifests/${tag}`,
      method: 'PUT',
      headers: { 'content-type': manifestType },
      body: Buffer.from(manifest),
    },
    `repository:${repository}:pull,push`,
  );
  (await requireAnswer(response, 201, 200)).discard();
  return { host: registry.host, repository, tag, digest: sha256Digest(manifest) };
}

function describe(mediaType: string, data: Uint8Array): Descriptor {
  return { mediaType, digest: sha256Digest(data), size: data.length };
}

/** The manifest as Go's encoder writes it: its digest is that of the real helm. */
function renderManifest(config: Descriptor, layers: readonly Descriptor[], annotations: Map<string, string>): string {
  const entries = ({ mediaType, digest, size }: Descriptor) =>
    `{"mediaType":${encodeJson(mediaType)},"digest":"${digest}","size":${size}}`;
  return `{"schemaVersion":2,"config":${entries(config)},"layers":[${layers.map(entries).join(',')}],"annotations":${encodeJson(annotations)}}`;
}
