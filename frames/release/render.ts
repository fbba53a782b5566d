import { parseApiVersion } from '@croft/api/kind';
import { isNotFound } from '@croft/api/status';
import type { Client } from '@croft/client/client';
import { toValue } from '@croft/encoding/json/decode';
import type { Value } from '@croft/gotemplate/value';
import type { Chart } from '@croft/helm/chart/chart';
import type { RecordChart, ReleaseHook } from '@croft/helm/release/record';
import { recordChart } from '@croft/helm/release/record-chart';
import { defaultCapabilities } from '@croft/helm/render/capabilities';
import type { Hook, Manifest } from '@croft/helm/render/manifests';
import type { ReleaseInfo } from '@croft/helm/render/objects';
import { joinManifests, type RenderedChart, renderChart } from '@croft/helm/render/render-chart';
import type { Values } from '@croft/helm/values/copy';
import { readCapabilities } from './capabilities.ts';

export interface RenderRequest {
  chart: Chart;
  /** The user's, over those of the chart. */
  values: Values;
  release: ReleaseInfo;
  /** Render as this version of Helm; 3 when left out. */
  helmVersion?: 3 | 4;
  /** Templates find nothing in the API. */
  noLookup?: boolean;
  /** Do not even ask what the API is: templates see what Helm was built for. */
  offline?: boolean;
  skipSchemaValidation?: boolean;
  /** Put the notes of subcharts into the notes, too. */
  renderSubchartNotes?: boolean;
  /** Leave Secrets out of the manifest. */
  hideSecrets?: boolean;
  /** Changes the manifest before anything is done with it. */
  postRender?: ((manifest: string) => Promise<string>) | undefined;
  warn?: (text: string) => void;
}

/** A chart rendered for a release, in the form that its record keeps. */
export interface RenderedRelease {
  /** With its dependencies as they were enabled and imported. */
  chart: RecordChart;
  manifest: string;
  hooks: ReleaseHook[];
  notes: string;
}

const mostLookupRounds = 10;

/**
 * Renders a chart with what the API is and holds. Templates run without pause while the API answers later: a `lookup` of
 * something not read yet finds nothing, and the chart is rendered again once it has been read.
 */
export async function renderRelease(client: Client, request: RenderRequest): Promise<RenderedRelease> {
  const { chart, hideSecrets, postRender, noLookup, offline = false, ...options } = request;
  const { helmVersion = 3 } = options;
  const capabilities = offline ? defaultCapabilities(helmVersion) : await readCapabilities(client, helmVersion);
  if (noLookup === true) return await toRecord(renderChart(chart, { ...options, capabilities }), request);
  const found = new Map<string, Map<string, Value> | Error>();
  for (let round = 0; round < mostLookupRounds; round++) {
    const missing = new Map<string, LookupKey>();
    const lookup = (...[apiVersion, kind, namespace, name]: LookupKey): Map<string, Value> => {
      const id = JSON.stringify([apiVersion, kind, namespace, name]);
      const known = found.get(id);
      if (known === undefined) missing.set(id, [apiVersion, kind, namespace, name]);
      if (known instanceof Error) throw known;
      return known ?? new Map();
    };
    const outcome = attempt(() => renderChart(chart, { ...options, capabilities, lookup }));
    if (missing.size === 0) return await toRecord(outcome(), request);
    for (const [id, key] of missing) found.set(id, await readLookup(client, key));
  }
  throw new Error(`the templates of ${chart.metadata.name} look up something new each time they are rendered`);
}

type LookupKey = [apiVersion: string, kind: string, namespace: string, name: string];

/** Runs now; what it throws is thrown only when the result is asked for. */
function attempt<T>(action: () => T): () => T {
  try {
    const result = action();
    return () => result;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

/** What a lookup gives, or the error that it ends with inside the template. */
async function readLookup(
  client: Client,
  [apiVersion, kindName, namespace, name]: LookupKey,
): Promise<Map<string, Value> | Error> {
  try {
    const kind = await client.findKind(apiVersion, kindName);
    if (kind === undefined) return await describeUnknown(client, apiVersion, kindName);
    const scope = kind.namespaced && namespace !== '' ? { namespace } : {};
    const object = name === '' ? await client.list(kind, scope) : await client.get(kind, { ...scope, name });
    const value = clusterValue(object);
    return value instanceof Map ? value : new Map();
  } catch (error) {
    if (isNotFound(error)) return new Map();
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** A kind that is not in a group that is there counts as one without objects. */
async function describeUnknown(client: Client, apiVersion: string, kind: string): Promise<Map<string, Value> | Error> {
  const { group, version } = parseApiVersion(apiVersion);
  try {
    await client.getPath(group === '' ? `/api/${version}` : `/apis/${apiVersion}`);
    return new Map();
  } catch (error) {
    if (!isNotFound(error)) throw error;
    return new Error(
      `unable to get apiresource from unstructured: ${group}/${version}, Kind=${kind}: the server could not find the requested resource`,
    );
  }
}

/** An object of the API as templates see it: its whole numbers are integers. */
function clusterValue(json: unknown): Value {
  if (typeof json === 'number') return Number.isSafeInteger(json) ? BigInt(json) : json;
  if (Array.isArray(json)) return json.map(clusterValue);
  if (typeof json !== 'object' || json === null) return toValue(json);
  return new Map(Object.entries(json).map(([key, item]) => [key, clusterValue(item)]));
}

async function toRecord(
  rendered: RenderedChart,
  { hideSecrets = false, postRender }: RenderRequest,
): Promise<RenderedRelease> {
  const shown = hideSecrets ? { ...rendered, manifests: rendered.manifests.map(hideSecret) } : rendered;
  const manifest = joinManifests(shown);
  return {
    chart: recordChart(rendered.chart),
    manifest: postRender === undefined ? manifest : await postRender(manifest),
    hooks: rendered.hooks.map(hookRecord),
    notes: rendered.notes,
  };
}

function hideSecret(manifest: Manifest): Manifest {
  const isSecret = manifest.kind === 'Secret' && manifest.apiVersion === 'v1';
  return isSecret ? { ...manifest, content: '# HIDDEN: The Secret output has been suppressed' } : manifest;
}

function hookRecord({
  name,
  kind,
  path,
  content,
  events,
  weight,
  deletePolicies,
  outputLogPolicies,
}: Hook): ReleaseHook {
  return {
    name,
    kind,
    path,
    manifest: content,
    events,
    last_run: { started_at: '', completed_at: '', phase: '' },
    ...(weight === 0 ? {} : { weight }),
    ...(deletePolicies.length === 0 ? {} : { delete_policies: deletePolicies }),
    ...(outputLogPolicies.length === 0 ? {} : { output_log_policies: outputLogPolicies }),
  };
}
