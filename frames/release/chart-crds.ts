import { apiVersionOf } from '@croft/api/kind';
import { keyOf } from '@croft/api/object';
import { isAlreadyExists } from '@croft/api/status';
import { errorMessage } from '@croft/foundation/errors';
import { type Chart, type ChartFile, chartCrds } from '@croft/helm/chart/chart';
import { processDependencies } from '@croft/helm/chart/dependencies';
import type { Values } from '@croft/helm/values/copy';
import { CombinedError } from './batches.ts';
import { createObjects } from './create-objects.ts';
import { buildObjects, type ResolvedObject } from './objects.ts';
import type { ReleaseContext } from './release-context.ts';
import { waitForRelease } from './wait-for-release.ts';
import type { ApplyMethod } from './write-object.ts';

const waitMs = 60_000;

interface Crds {
  chart: Chart;
  values: Values;
  policy: 'Skip' | 'Create' | 'CreateReplace';
  method: ApplyMethod;
  namespace: string;
}

/**
 * Makes the CustomResourceDefinitions of a chart (its `crds` folder, and those of enabled subcharts) and waits until they are
 * established. Those that are there stay as they are, unless the policy replaces them.
 */
export async function applyChartCrds(context: ReleaseContext, crds: Crds): Promise<void> {
  const { chart, values, policy } = crds;
  if (policy === 'Skip') return;
  const files = chartCrds(processDependencies(chart, values, () => {}, context.asHelm ?? 3));
  const made: ResolvedObject[] = [];
  for (const file of files) made.push(...(await applyFile(context, file, crds)));
  if (made.length === 0) return;
  await waitForRelease(context, made, {
    release: { name: chart.metadata.name, namespace: crds.namespace },
    timeoutMs: waitMs,
    wait: true,
  });
}

async function applyFile(
  context: ReleaseContext,
  file: ChartFile,
  { policy, method, namespace }: Crds,
): Promise<ResolvedObject[]> {
  try {
    const objects = await buildObjects(context.client, Buffer.from(file.data).toString('utf8'), namespace);
    if (policy === 'CreateReplace') for (const resolved of objects) await applyOver(context, resolved);
    else await createObjects(context, objects, context.asHelm === undefined ? { by: 'patch' } : method);
    return objects;
  } catch (error) {
    if (isAlreadyExists(error instanceof CombinedError ? error.errors[0] : error)) return [];
    const name = file.name.slice(file.name.indexOf('crds/'));
    throw new Error(`failed to install CRD ${name}: ${errorMessage(error)}`, { cause: error });
  }
}

async function applyOver({ client }: ReleaseContext, { kind, object }: ResolvedObject): Promise<void> {
  try {
    await client.apply(kind, object, { force: true, fieldManager: 'helm' });
  } catch (error) {
    const { name } = keyOf(object);
    throw new Error(`cannot apply ${apiVersionOf(kind)} ${kind.kind} "${name}": ${errorMessage(error)}`, {
      cause: error,
    });
  }
}
