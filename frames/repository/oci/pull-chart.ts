import { fetchBlob } from './blob.ts';
import { type Descriptor, fetchManifest } from './manifest.ts';
import { CHART_CONFIG, CHART_LAYER, OLD_CHART_LAYER, PROVENANCE_LAYER } from './media-types.ts';
import type { Reference } from './reference.ts';
import type { Registry } from './registry.ts';

export interface PulledChart {
  /** The packaged chart (.tgz). */
  archive: Buffer;
  /** Its provenance file; undefined when it was not asked for or is not there. */
  provenance: Buffer | undefined;
  /** Of the manifest. */
  digest: string;
  /** The chart was pushed by a Helm before 3.7. */
  oldMediaType: boolean;
}

const largestChart = 100 * 1024 * 1024;
const largestProvenance = 1024 * 1024;

/** Pulls a chart by its tag or its digest. Throws FetchError, and what the manifest lacks in Helm's words. */
export async function pullChart(
  registry: Registry,
  reference: Reference,
  { withProvenance = false } = {},
): Promise<PulledChart> {
  const { repository } = reference;
  const manifest = await fetchManifest(registry, repository, reference.digest || reference.tag);
  if (manifest.config.mediaType !== CHART_CONFIG) {
    throw new Error(
      `could not load config with mediatype ${CHART_CONFIG}: ${reference.host}/${repository} holds ${manifest.config.mediaType || 'something'} and no chart`,
    );
  }
  const find = (...types: string[]): Descriptor | undefined =>
    manifest.layers.find(({ mediaType }) => types.includes(mediaType));
  const layer = find(CHART_LAYER) ?? find(OLD_CHART_LAYER);
  if (layer === undefined) throw new Error(`manifest does not contain a layer with mediatype ${CHART_LAYER}`);
  const proof = withProvenance ? find(PROVENANCE_LAYER) : undefined;
  return {
    archive: await fetchBlob(registry, repository, layer, largestChart),
    provenance: proof === undefined ? undefined : await fetchBlob(registry, repository, proof, largestProvenance),
    digest: manifest.digest,
    oldMediaType: layer.mediaType === OLD_CHART_LAYER,
  };
}
