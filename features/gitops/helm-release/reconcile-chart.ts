import type { Stored } from '@croft/api/object';
import type { ControllerContext } from '@croft/controller/controller';
import { StalledError, WaitingError } from '@croft/controller/outcome';
import { sha256Digest } from '@croft/foundation/digest';
import { withKnownHistory } from '@croft/release/known-history';
import type { ArtifactStore } from '../artifact/artifact-store.ts';
import { openTarget, type Target } from '../remote/target-client.ts';
import { removeChartObject } from './chart-object.ts';
import { openChart } from './chart-source.ts';
import { valuesDigest } from './digests.ts';
import { reconcileRelease } from './reconcile-release.ts';
import { type ReleaseContent, type ReleasePass, releaseNameOf, storageNamespaceOf } from './release-job.ts';
import { withStorage } from './release-storage.ts';
import { removeFormerRelease } from './remove-release.ts';
import { watchSuperseded } from './superseded.ts';
import type { HelmRelease, HelmReleaseSpec } from './types.ts';
import { composeValues } from './values.ts';

export interface ChartContext extends ControllerContext {
  artifacts: ArtifactStore;
}

/** Makes the release what chart and values say; other ones end a wait for these. */
export async function reconcileChart(context: ChartContext, pass: ReleasePass): Promise<void> {
  const spec = specOf(pass);
  const readContent = async (): Promise<ReleaseContent> => {
    const chart = await openChart(context, context.artifacts, spec, pass.key);
    return { chart, values: await composeValues(context.client, spec, pass.key) };
  };
  const content = await readContent();
  await noteChartObject(context, pass, content.chart.helmChart);
  using current = watchSuperseded(context, {
    key: pass.key,
    spec,
    digest: digestOf(content),
    readDigest: async () => digestOf(await readContent()),
    signal: pass.signal,
  });
  try {
    await carryOut({ ...context, signal: current.signal }, pass, content);
  } catch (error) {
    if (!current.signal.aborted || pass.signal.aborted) throw error;
    throw new WaitingError('Progressing', 'starting anew: there is a newer chart, or there are other values');
  }
}

/** A HelmChart that the release had and no longer needs is removed. */
async function noteChartObject(
  context: ControllerContext,
  { status }: ReleasePass,
  helmChart: string | undefined,
): Promise<void> {
  if (status.helmChart === helmChart) return;
  await removeChartObject(context, status.helmChart);
  if (helmChart === undefined) delete status.helmChart;
  else status.helmChart = helmChart;
}

async function carryOut(context: ControllerContext, pass: ReleasePass, content: ReleaseContent): Promise<void> {
  const { object, status } = pass;
  const { name, version } = content.chart.chart.metadata;
  using target = await openTarget(context.client, targetOf(object));
  await removeFormerRelease({ ...context, client: target }, pass, name);
  const release = releaseNameOf(object);
  status.storageNamespace = storageNamespaceOf(object);
  const stored = { ...release, namespace: status.storageNamespace };
  const client = withStorage(withKnownHistory(target, stored, context.clock), release.namespace, stored.namespace);
  await reconcileRelease({
    ...content,
    context: { ...context, client },
    pass,
    spec: specOf(pass),
    release,
    wanted: {
      chartName: name,
      chartVersion: version,
      chartDigest: sha256Digest(content.chart.digest),
      configDigest: valuesDigest(content.values),
    },
  });
}

function specOf(pass: ReleasePass): HelmReleaseSpec {
  if (pass.object.spec === undefined) throw new StalledError('InvalidSpec', 'spec is missing');
  return pass.object.spec;
}

/** Where the release is, and as whom it is worked on. */
export function targetOf({ metadata, spec }: Stored<HelmRelease>): Target {
  const { serviceAccountName, kubeConfig } = spec ?? {};
  return { namespace: metadata.namespace ?? 'default', serviceAccountName, kubeConfig };
}

function digestOf({ chart, values }: ReleaseContent): string {
  return sha256Digest(JSON.stringify([chart.digest, valuesDigest(values)]));
}
