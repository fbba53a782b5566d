import { ReasonedError } from '@croft/controller/outcome';
import { errorMessage } from '@croft/foundation/errors';
import type { ReleaseName } from '@croft/release/record-store';
import type { ReleaseContext } from '@croft/release/release-context';
import { uninstallRelease } from '@croft/release/uninstall';
import { timeoutMsOf } from './deploy.ts';
import { dropCondition, type ReleasePass, releaseNameOf, resetFailures, storageNamespaceOf } from './release-job.ts';
import { withStorage } from './release-storage.ts';
import { uninstallOptions } from './remediate.ts';

/** Removes the release that a HelmRelease has made. Throws ReasonedError. */
export async function removeRelease(context: ReleaseContext, pass: ReleasePass): Promise<void> {
  const { spec } = pass.object;
  const [current] = pass.status.history ?? [];
  const release: ReleaseName = current ?? releaseNameOf(pass.object);
  const storage = pass.status.storageNamespace ?? storageNamespaceOf(pass.object);
  const client = withStorage(context.client, release.namespace, storage);
  const { name, namespace } = release;
  try {
    await uninstallRelease(
      { ...context, client },
      {
        ...uninstallOptions(spec?.uninstall),
        release: { name, namespace },
        timeoutMs: timeoutMsOf(spec, 'uninstall'),
        keepHistory: spec?.uninstall?.keepHistory ?? false,
      },
    );
  } catch (error) {
    const message = `Helm uninstall failed for release ${namespace}/${name}: ${errorMessage(error)}`;
    throw new ReasonedError('UninstallFailed', message, { cause: error });
  }
}

/**
 * Removes the release that was made before under another name, in another namespace or of another chart, so that it does
 * not stand in the way of what is wanted now.
 */
export async function removeFormerRelease(
  context: ReleaseContext,
  pass: ReleasePass,
  chartName: string,
): Promise<void> {
  const { status, object } = pass;
  const [current] = status.history ?? [];
  if (current === undefined || status.storageNamespace === undefined) return;
  const { name, namespace } = releaseNameOf(object);
  const isOtherChart =
    current.chartName !== chartName && object.spec?.upgrade?.chartNameChangeStrategy !== 'InPlaceUpdate';
  const isOther = current.name !== name || current.namespace !== namespace || isOtherChart;
  if (!isOther && status.storageNamespace === storageNamespaceOf(object)) return;
  await removeRelease(context, pass);
  const what = `${current.namespace}/${current.name} with chart ${current.chartName}`;
  pass.events.push({
    type: 'Normal',
    reason: 'UninstallSucceeded',
    message: `Helm uninstall succeeded for the former release ${what}: it is now ${namespace}/${name} with chart ${chartName}`,
  });
  status.history = [];
  delete status.inventory;
  resetFailures(pass);
  dropCondition(pass, 'Released', 'TestSuccess', 'Remediated', 'Drifted');
}
