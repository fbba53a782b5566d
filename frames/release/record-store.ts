import { secrets } from '@croft/api/kinds';
import type { Stored } from '@croft/api/object';
import { isAlreadyExists, isNotFound } from '@croft/api/status';
import type { Secret } from '@croft/api/types';
import type { Client } from '@croft/client/client';
import type { Clock } from '@croft/foundation/clock';
import { errorMessage } from '@croft/foundation/errors';
import type { Log } from '@croft/foundation/log';
import { decodeRelease, encodeRelease } from '@croft/helm/release/encoding';
import type { ReleaseRecord } from '@croft/helm/release/record';

/** Where a release's records are: its name, and the namespace that holds its Secrets. */
export interface ReleaseName {
  name: string;
  namespace: string;
}

/** What writing records takes; `asHelm` is the version of Helm whose form they have. */
export interface RecordContext {
  client: Client;
  clock: Clock;
  log: Log;
  asHelm?: 3 | 4;
}

const secretType = 'helm.sh/release.v1';
const mostBytes = 1024 * 1024;
const fieldManager = 'helm';

/** Labels that Helm itself keeps on the Secrets. */
export const systemLabels = ['name', 'owner', 'status', 'version', 'createdAt', 'modifiedAt'];

/** There is no such release, or no such revision of it. */
export class ReleaseNotFoundError extends Error {
  override readonly name = 'ReleaseNotFoundError';

  constructor() {
    super('release: not found');
  }
}

/** A release whose record no Secret can hold. The message is the API's; `advice` says what to do. */
export class ReleaseTooLargeError extends Error {
  override readonly name = 'ReleaseTooLargeError';
  readonly advice: string;

  constructor(message: string, bytes: number, cause: unknown) {
    super(message, { cause });
    const size = (bytes / mostBytes).toFixed(1);
    this.advice = `the record of the release takes ${size} MiB, and a Secret holds 1 MiB: keep large files out of the chart (name them in .helmignore), shorten its values and templates, or split it into several charts`;
  }
}

function recordSecretName(name: string, version: number): string {
  return `sh.helm.release.v1.${name}.v${version}`;
}

/** Whether a Secret's name is that of a record of the release. */
export function isRecordOf(release: string, secretName: string): boolean {
  const start = recordSecretName(release, 0).slice(0, -1);
  return secretName.startsWith(start) && /^\d+$/.test(secretName.slice(start.length));
}

/** What selects the Secrets with the records of a release. */
export function historySelector(name: string): string {
  return `name=${name},owner=helm`;
}

/** All records of a release, oldest first; labels as the Secrets have them. */
export async function readHistory(client: Client, { name, namespace }: ReleaseName): Promise<ReleaseRecord[]> {
  const { items } = await client.list(secrets, { namespace, labelSelector: historySelector(name) });
  return items.map(decodeSecret).sort((left, right) => left.version - right.version);
}

/** All records of a namespace, or of all namespaces, in no order. One that cannot be read is left out and logged. */
export async function listRecords(
  { client, log }: Pick<RecordContext, 'client' | 'log'>,
  namespace: string | undefined,
): Promise<ReleaseRecord[]> {
  const { items } = await client.list(secrets, { namespace, labelSelector: 'owner=helm' });
  return items.flatMap((secret) => {
    try {
      return [decodeSecret(secret)];
    } catch (error) {
      const { name, namespace: where } = secret.metadata;
      log.warn('a release record cannot be read', { name, namespace: where, error: errorMessage(error) });
      return [];
    }
  });
}

/** One revision of a release, without Helm's own labels. Throws ReleaseNotFoundError. */
export async function getRecord(client: Client, release: ReleaseName, version: number): Promise<ReleaseRecord> {
  const key = { namespace: release.namespace, name: recordSecretName(release.name, version) };
  const secret = await client.find(secrets, key);
  if (secret === undefined) throw new ReleaseNotFoundError();
  const record = decodeSecret(secret);
  const own = Object.entries(record.labels ?? {}).filter(([label]) => !systemLabels.includes(label));
  return { ...record, labels: Object.fromEntries(own) };
}

function decodeSecret({ data, metadata }: Stored<Secret>): ReleaseRecord {
  const record = decodeRelease(Buffer.from(data?.release ?? '', 'base64').toString('latin1'));
  return { ...record, namespace: record.namespace || (metadata.namespace ?? ''), labels: { ...metadata.labels } };
}

/** Keeps a new record, and no more than so many with it (0: any number). Throws when it exists or is too large. */
export async function createRecord(context: RecordContext, record: ReleaseRecord, maxHistory: number): Promise<void> {
  if (maxHistory > 0) await pruneRecords(context, record, maxHistory - 1);
  const secret = secretOf(context, record, 'createdAt');
  try {
    await context.client.create(secrets, secret, { fieldManager });
  } catch (error) {
    if (isAlreadyExists(error)) throw new Error('release: already exists', { cause: error });
    const message = `create: failed to create: ${errorMessage(error)}`;
    const bytes = Buffer.byteLength(secret.data.release);
    if (bytes > mostBytes) throw new ReleaseTooLargeError(message, bytes, error);
    throw new Error(message, { cause: error });
  }
}

export async function updateRecord(context: RecordContext, record: ReleaseRecord): Promise<void> {
  try {
    await context.client.replace(secrets, secretOf(context, record, 'modifiedAt'), { fieldManager });
  } catch (error) {
    throw new Error(`update: failed to update: ${errorMessage(error)}`, { cause: error });
  }
}

/** As updateRecord, where the action goes on whatever comes of it. */
export async function noteRecord(context: RecordContext, record: ReleaseRecord): Promise<void> {
  await updateRecord(context, record).catch((error: unknown) => {
    context.log.warn('the release record could not be updated', { name: record.name, error: errorMessage(error) });
  });
}

/** Throws ReleaseNotFoundError when it is not there. */
export async function deleteRecord({ client }: Pick<RecordContext, 'client'>, record: ReleaseRecord): Promise<void> {
  try {
    const name = recordSecretName(record.name, record.version);
    await client.delete(secrets, { namespace: record.namespace, name });
  } catch (error) {
    throw isNotFound(error) ? new ReleaseNotFoundError() : error;
  }
}

/** Deletes the oldest records until so many are left; the last deployed one stays whatever its age. */
async function pruneRecords(context: RecordContext, release: ReleaseName, most: number): Promise<void> {
  const history = await readHistory(context.client, release);
  const deployed = history.findLast(({ info }) => info.status === 'deployed');
  const removable = history.filter(({ version }) => version !== deployed?.version);
  for (const record of removable.slice(0, Math.max(0, history.length - most))) await deleteRecord(context, record);
}

function secretOf({ clock, asHelm }: RecordContext, record: ReleaseRecord, time: 'createdAt' | 'modifiedAt') {
  const { name, namespace, version, info } = record;
  const seconds = String(Math.floor(clock.now() / 1000));
  return {
    metadata: {
      name: recordSecretName(name, version),
      namespace,
      labels: {
        ...record.labels,
        [time]: seconds,
        name,
        owner: 'helm',
        status: info.status,
        version: String(version),
      },
    },
    type: secretType,
    data: { release: Buffer.from(encodeRelease(record, asHelm), 'latin1').toString('base64') },
  };
}
