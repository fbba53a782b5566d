import { formatKey, type KubeObject } from '@croft/api/object';
import { isNotFound } from '@croft/api/status';
import type { Client } from '@croft/client/client';
import { readYaml, readYamlMap } from '@croft/encoding/yaml/read';
import type { JsonObject } from '@croft/foundation/json';
import type { Value } from '@croft/gotemplate/value';
import type { Chart } from '@croft/helm/chart/chart';
import type { ReleaseHook } from '@croft/helm/release/record';
import type { Hook } from '@croft/helm/render/manifests';
import type { ReleaseInfo } from '@croft/helm/render/objects';
import { joinManifests, renderChart } from '@croft/helm/render/render-chart';
import { readCapabilities } from './capabilities.ts';

export interface RenderRequest {
  chart: Chart;
  values: JsonObject;
  release: ReleaseInfo;
}

/** A chart rendered for a release, in the form that its record keeps. */
export interface RenderedRelease {
  manifest: string;
  hooks: ReleaseHook[];
  notes: string;
  /** The texts of the chart's CustomResourceDefinitions. */
  crds: string[];
}

const mostLookupRounds = 10;

/**
 * Renders a chart with what the API is and holds. Templates run without pause while the API answers later: a `lookup` of
 * something not read yet finds nothing, and the chart is rendered again once it has been read.
 */
export async function renderRelease(
  client: Client,
  { chart, values, release }: RenderRequest,
): Promise<RenderedRelease> {
  const capabilities = await readCapabilities(client);
  const found = new Map<string, Map<string, Value>>();
  for (let round = 0; round < mostLookupRounds; round++) {
    const missing = new Map<string, LookupKey>();
    const lookup = (...[apiVersion, kind, namespace, name]: LookupKey): Map<string, Value> => {
      const id = JSON.stringify([apiVersion, kind, namespace, name]);
      const known = found.get(id);
      if (known === undefined) missing.set(id, [apiVersion, kind, namespace, name]);
      return known ?? new Map();
    };
    const outcome = attempt(() =>
      renderChart(chart, { values: readYamlMap(JSON.stringify(values)), release, capabilities, lookup }),
    );
    if (missing.size === 0) return toRecord(outcome());
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

async function readLookup(
  client: Client,
  [apiVersion, kindName, namespace, name]: LookupKey,
): Promise<Map<string, Value>> {
  const kind = await client.findKind(apiVersion, kindName);
  if (kind === undefined) throw new Error(`lookup: the API serves no ${kindName} of ${apiVersion}`);
  const scope = kind.namespaced && namespace !== '' ? { namespace } : {};
  try {
    const object: KubeObject | object =
      name === '' ? await client.list(kind, scope) : await client.get(kind, { ...scope, name });
    const value = readYaml(JSON.stringify(object));
    return value instanceof Map ? value : new Map();
  } catch (error) {
    if (isNotFound(error)) return new Map();
    throw new Error(`lookup of ${kindName} ${formatKey({ ...scope, name })}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function toRecord(rendered: ReturnType<typeof renderChart>): RenderedRelease {
  return {
    manifest: joinManifests(rendered),
    hooks: rendered.hooks.map(hookRecord),
    notes: rendered.notes,
    crds: rendered.crds.map(({ data }) => Buffer.from(data).toString('utf8')),
  };
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
