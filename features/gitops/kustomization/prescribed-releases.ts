import { readFile } from 'node:fs/promises';
import { join, normalize } from 'node:path';
import type { ObjectKey, UnknownObject } from '@croft/api/object';
import { type PrescribedRelease, prescribedKey, prescribedLabel } from '@croft/api/prescribed';
import { hasErrorCode } from '@croft/foundation/errors';
import { isJsonObject } from '@croft/foundation/json';
import { parseDocument } from 'yaml';
import type { Manifest } from '../manifests/read-manifests.ts';

/** A ConfigMap beside the Kustomization that lists the HelmReleases of its folder, those that are not installed too. */
export async function listPrescribed(
  { namespace = 'default', name }: ObjectKey,
  root: string,
  releases: readonly Manifest[],
): Promise<Manifest> {
  const listed = await Promise.all(releases.map((manifest) => describeRelease(root, manifest)));
  return {
    file: name,
    object: {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: `${name}-prescribed`, namespace, labels: { [prescribedLabel]: name } },
      data: { [prescribedKey]: JSON.stringify(listed) },
    },
  };
}

async function describeRelease(root: string, { object, file }: Manifest): Promise<PrescribedRelease> {
  const { chart, version } = chartOf(object);
  const own = await readChartFile(root, chart);
  return {
    name: String(object.metadata?.name),
    namespace: object.metadata?.namespace ?? 'default',
    file,
    chart,
    version: version ?? text(own?.version) ?? '',
    ...(own?.appVersion === undefined ? {} : { appVersion: String(own.appVersion) }),
  };
}

/** `spec.chart.spec` of version 2; `spec.chart` of the older kind, by repository or by git and path. */
function chartOf({ spec }: UnknownObject): { chart: string; version: string | undefined } {
  const chart = isJsonObject(spec) && isJsonObject(spec.chart) ? spec.chart : {};
  const place = isJsonObject(chart.spec) ? chart.spec : chart;
  const name = place.chart ?? place.path ?? place.name;
  return { chart: text(name) ?? '', version: text(place.version) };
}

/** The Chart.yaml of a chart that lies in the same source. One that cannot be read is told of where it is installed. */
async function readChartFile(root: string, chart: string): Promise<Record<string, unknown> | undefined> {
  const folder = normalize(chart);
  if (!/^\.?\//.test(chart) || folder.startsWith('..')) return undefined;
  try {
    const document = parseDocument(await readFile(join(root, folder, 'Chart.yaml'), 'utf8'), { logLevel: 'silent' });
    const about: unknown = document.errors.length === 0 ? document.toJS() : undefined;
    return isJsonObject(about) ? about : undefined;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT') || hasErrorCode(error, 'ENOTDIR')) return undefined;
    throw error;
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}
