import { keyOf, type ObjectKey } from '@croft/api/object';
import { UserError } from '@croft/foundation/errors';
import { silentLog } from '@croft/foundation/log';
import { layoutAnnotation, prescriptionsLayout } from '@croft/gitops/kustomization/prescribed-folder';
import { readStatus } from '@croft/platform/status';
import { waitForAbsence } from '@croft/release/wait';
import type { Connection } from '../connection.ts';
import { describeOutcome, reconcileNow, type SyncContext, type SyncOutcome } from '../sync/reconcile-now.ts';
import { getSyncedKinds, listSynced } from '../sync/synced-kinds.ts';
import type { SyncedTarget } from '../sync/synced-object.ts';

const lookEveryMs = 1_000;

/**
 * Follows an application whose settings have changed until it is installed as they say. Throws UserError with what
 * failed.
 */
export async function followInstalled(connection: Connection, context: SyncContext, key: ObjectKey): Promise<void> {
  const failures = await applyPrescriptions(context);
  const releases = await findReleases(context, key);
  if (releases.length === 0)
    throw new UserError(
      failures.join('\n') ||
        `no HelmRelease "${key.name}" came of the prescriptions for ${key.namespace}: is its file in the followed repository?`,
    );
  for (const failure of failures) context.say(failure); // of something else: the release is there
  using _progress = tellProgress(connection, context, key);
  const [failure] = describeFailures(await reconcileNow(context, releases));
  if (failure !== undefined) throw new UserError(failure);
}

/** Follows an application that is disabled until nothing of its release is there. Throws UserError. */
export async function followRemoved(context: SyncContext, key: ObjectKey): Promise<void> {
  const failures = await applyPrescriptions(context);
  const awaited = (await findReleases(context, key)).map(({ kind, object }) => ({ kind, key: keyOf(object) }));
  // Nothing is removed while something cannot be applied.
  if (awaited.length > 0 && failures.length > 0) throw new UserError(failures.join('\n'));
  const { client, clock, deadlineMs } = context;
  await waitForAbsence({ client, clock, log: silentLog }, awaited, Math.max(1_000, deadlineMs - clock.now()));
}

/** Has the prescriptions applied once more, now that settings Secrets have changed. Gives what failed. */
async function applyPrescriptions(context: SyncContext): Promise<string[]> {
  const all = await listAll(context, 'kustomization');
  const prescriptions = all.filter(
    ({ object }) => object.metadata.annotations?.[layoutAnnotation] === prescriptionsLayout,
  );
  return describeFailures(await reconcileNow(context, prescriptions));
}

async function findReleases(context: SyncContext, { namespace, name }: ObjectKey): Promise<SyncedTarget[]> {
  const all = await listAll(context, 'helmrelease', namespace);
  return all.filter(({ object }) => object.metadata.name === name);
}

async function listAll({ client }: SyncContext, kind: string, namespace?: string): Promise<SyncedTarget[]> {
  return (await Promise.all(getSyncedKinds(kind).map((synced) => listSynced(client, synced, namespace)))).flat();
}

function describeFailures(outcomes: readonly SyncOutcome[]): string[] {
  return outcomes.filter(({ ready }) => !ready).map(describeOutcome);
}

/** Tells what the application waits for, such as an image that is being built, until it is disposed. */
function tellProgress({ client, portSuffix }: Connection, { clock, say }: SyncContext, key: ObjectKey): Disposable {
  const stop = new AbortController();
  let told = '';
  const look = async () => {
    const { applications } = await readStatus(client, portSuffix);
    const found = applications.find(({ namespace, name }) => namespace === key.namespace && name === key.name);
    const [line = ''] = found?.message.split('\n') ?? [];
    if (line !== '' && line !== told && !stop.signal.aborted) say(`${key.name}: ${line}`);
    told = line;
  };
  const run = async () => {
    while (!stop.signal.aborted) {
      await look();
      await clock.wait(lookEveryMs, stop.signal);
    }
  };
  run().catch((error: unknown) => {
    if (!stop.signal.aborted) say(`${key.name}: its progress cannot be read: ${String(error)}`);
  });
  return { [Symbol.dispose]: () => stop.abort() };
}
