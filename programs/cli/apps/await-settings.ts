import { readFile } from 'node:fs/promises';
import { configMaps, secrets } from '@croft/api/kinds';
import type { KubeObject, ObjectKey, Stored } from '@croft/api/object';
import type { ConfigMap, Secret } from '@croft/api/types';
import { settingsKey } from '@croft/apps/controller';
import { holdsOwnValues, readSecretText, settingsSecretName } from '@croft/apps/settings-secret';
import { UserError } from '@croft/foundation/errors';
import type { JsonObject } from '@croft/foundation/json';
import { silentLog } from '@croft/foundation/log';
import { settingsErrorAnnotation } from '@croft/platform/settings-sync';
import type { Readiness } from '@croft/release/kstatus';
import { type Awaited, waitForObjects } from '@croft/release/wait';
import type { SyncContext } from '../sync/reconcile-now.ts';

const current: Readiness = { status: 'Current', message: '' };
const inProgress = (message: string): Readiness => ({ status: 'InProgress', message });

/** Waits until the instance has taken over `settings.yaml` as it stands. Throws UserError with what is wrong in it. */
export async function awaitSettings(context: SyncContext, path: string): Promise<void> {
  const text = await readFile(path, 'utf8');
  let problem: string | undefined;
  await awaitOne(context, { kind: configMaps, key: settingsKey }, (object) => {
    const { data, metadata } = (object ?? {}) as Partial<Stored<ConfigMap>>;
    problem = metadata?.annotations?.[settingsErrorAnnotation];
    const isTaken = problem !== undefined || data?.['settings.yaml'] === text;
    return isTaken ? current : inProgress('the changed settings have not been taken over yet');
  });
  if (problem !== undefined) throw new UserError(problem);
}

/** Waits until an application's settings Secret says what the settings say. */
export async function awaitSettingsSecret(
  context: SyncContext,
  { namespace, name }: ObjectKey,
  wanted: { enabled: boolean; own: JsonObject },
): Promise<void> {
  const key = { namespace, name: settingsSecretName(name) };
  await awaitOne(context, { kind: secrets, key }, (object) => {
    const secret = object as Secret | undefined;
    const isTaken = readSecretText(secret, 'enabled') === String(wanted.enabled) && holdsOwnValues(secret, wanted.own);
    return isTaken ? current : inProgress('does not say yet what the settings say');
  });
}

async function awaitOne(
  { client, clock, deadlineMs }: SyncContext,
  awaited: Awaited,
  done: (object: Stored<KubeObject> | undefined) => Readiness,
): Promise<void> {
  const timeoutMs = Math.max(1_000, deadlineMs - clock.now());
  await waitForObjects({ client, clock, log: silentLog }, [awaited], { timeoutMs, done });
}
