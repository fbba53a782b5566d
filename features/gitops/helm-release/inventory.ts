import { errorMessage } from '@croft/foundation/errors';
import { type Chart, chartCrds } from '@croft/helm/chart/chart';
import type { ReleaseRecord } from '@croft/helm/release/record';
import { buildObjects } from '@croft/release/objects';
import type { InventoryEntry } from '../kustomization/types.ts';
import { inventoryEntryOf } from '../manifests/inventory.ts';
import type { ReleaseJob } from './release-job.ts';

/**
 * Notes which objects a release has, with the definitions of its chart, as helm-controller does. It is for those who look:
 * that it cannot be made is told of, and fails nothing.
 */
export async function noteInventory(job: ReleaseJob, record: ReleaseRecord, chart?: Chart): Promise<void> {
  const { pass } = job;
  try {
    pass.status.inventory = { entries: await findObjects(job, record, chart) };
  } catch (error) {
    delete pass.status.inventory;
    const message = `failed to build inventory: ${errorMessage(error)}`;
    pass.events.push({ type: 'Warning', reason: 'InventoryBuildFailed', message });
  }
}

async function findObjects({ context }: ReleaseJob, record: ReleaseRecord, chart?: Chart): Promise<InventoryEntry[]> {
  const definitions = chart === undefined ? [] : chartCrds(chart).map(({ data }) => Buffer.from(data).toString('utf8'));
  const built = await Promise.all(
    [record.manifest, ...definitions].map((text) => buildObjects(context.client, text, record.namespace)),
  );
  return built.flat().map(({ kind, object }) => inventoryEntryOf(kind, object));
}
