import { decodeJsonMap } from '@croft/encoding/json/decode';
import { encodeJson } from '@croft/encoding/json/encode';
import { writeYaml } from '@croft/encoding/yaml/write';
import { sha256Digest } from '@croft/foundation/digest';
import type { JsonObject } from '@croft/foundation/json';
import { releaseJson } from '@croft/helm/release/encoding';
import type { ReleaseRecord } from '@croft/helm/release/record';
import type { Values } from '@croft/helm/values/copy';

/** The digest of a release's values as helm-controller writes it: of their YAML, of nothing when there are none. */
export function valuesDigest(values: Values): string {
  return sha256Digest(values.size === 0 ? '' : writeYaml(values));
}

export function configDigest(config: JsonObject): string {
  return valuesDigest(decodeJsonMap(JSON.stringify(config)));
}

/**
 * The digest by which a stored release is known again: of all it says but the chart's files, and but its tests, which
 * people may run by hand. In the order of helm-controller's Observation.
 */
export function recordDigest(record: ReleaseRecord, chartDigest: string | undefined): string {
  const { name, version, namespace, chart, hooks } = record;
  const { info, config, manifest } = releaseJson(record, 4);
  const lasting = hooks.filter(({ events }) => !events.includes('test'));
  const observation = {
    name,
    version,
    info,
    chartMetadata: chart.metadata,
    config: config ?? null,
    manifest: manifest ?? '',
    hooks: hooks.length === 0 ? null : (releaseJson({ ...record, hooks: lasting }, 4).hooks ?? null),
    namespace,
    ...(chartDigest === undefined ? {} : { ociDigest: chartDigest }),
  };
  return digestOfJson(observation);
}

/** Of a part of the spec: of its JSON with a line break, as Go's encoder writes it. */
export function digestOfJson(value: unknown): string {
  return sha256Digest(`${encodeJson(decodeJsonMap(JSON.stringify({ value })).get('value') ?? null)}\n`);
}
