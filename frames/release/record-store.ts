import { secrets } from '@croft/api/kinds';
import type { Client } from '@croft/client/client';
import type { Clock } from '@croft/foundation/clock';
import { decodeRelease, encodeRelease } from '@croft/helm/release/encoding';
import type { ReleaseRecord } from '@croft/helm/release/record';

/** Where a release's records are: its name, and the namespace that holds its Secrets. */
export interface ReleaseName {
  name: string;
  namespace: string;
}

const secretType = 'helm.sh/release.v1';

export function recordSecretName(name: string, version: number): string {
  return `sh.helm.release.v1.${name}.v${version}`;
}

/** All records of a release, oldest first. */
export async function readHistory(client: Client, { name, namespace }: ReleaseName): Promise<ReleaseRecord[]> {
  const { items } = await client.list(secrets, { namespace, labelSelector: `owner=helm,name=${name}` });
  const records = items.map(({ data }) => decodeRelease(Buffer.from(data?.release ?? '', 'base64').toString('latin1')));
  return records.sort((left, right) => left.version - right.version);
}

export async function createRecord(client: Client, clock: Clock, record: ReleaseRecord): Promise<void> {
  await client.create(secrets, secretOf(record, { createdAt: seconds(clock) }), { fieldManager: 'helm' });
}

export async function updateRecord(client: Client, clock: Clock, record: ReleaseRecord): Promise<void> {
  await client.replace(secrets, secretOf(record, { modifiedAt: seconds(clock) }), { fieldManager: 'helm' });
}

export async function deleteRecord(client: Client, record: ReleaseRecord): Promise<void> {
  await client.remove(secrets, { namespace: record.namespace, name: recordSecretName(record.name, record.version) });
}

function seconds(clock: Clock): string {
  return String(Math.floor(clock.now() / 1000));
}

function secretOf(record: ReleaseRecord, times: Record<string, string>) {
  const { name, namespace, version, info } = record;
  return {
    metadata: {
      name: recordSecretName(name, version),
      namespace,
      labels: { ...record.labels, ...times, name, owner: 'helm', status: info.status, version: String(version) },
    },
    type: secretType,
    data: { release: Buffer.from(encodeRelease(record), 'latin1').toString('base64') },
  };
}
