import type { UnknownObject } from '@croft/api/object';
import type { Core } from '../core.ts';
import { deleteObject } from '../delete.ts';
import { updateOwn } from '../own-writes.ts';
import { parseEntry, prefixOf } from '../served-resource.ts';
import type { ServiceAccountTokens } from '../tokens.ts';
import type { Controller } from './start.ts';

const secrets = prefixOf('', 'secrets');
const accounts = prefixOf('', 'serviceaccounts');
const tokenType = 'kubernetes.io/service-account-token';
const nameKey = 'kubernetes.io/service-account.name';
const uidKey = 'kubernetes.io/service-account.uid';

/** A hundred years: these tokens live as long as their Secret. */
const tokenSeconds = 100 * 365 * 24 * 60 * 60;

/** Fills Secrets of type service-account-token, and deletes them with their account. */
export function tokenSecrets(tokens: ServiceAccountTokens, authority: string): Controller {
  return {
    name: 'service-account-tokens',
    prefixes: [secrets, accounts],
    keysOf: ({ entry }) => [entry.key.split('/').slice(-2)[0] ?? ''],
    reconcile: (core, namespace) => reconcileSecrets(core, namespace, tokens, authority),
  };
}

async function reconcileSecrets(
  core: Core,
  namespace: string,
  tokens: ServiceAccountTokens,
  authority: string,
): Promise<void> {
  for (const entry of core.store.range(`${secrets}${namespace}/`).entries) {
    if (!entry.value.includes(tokenType)) continue;
    const secret = parseEntry(entry);
    if (secret.type === tokenType) await reconcileSecret(core, secret, tokens, authority);
  }
}

async function reconcileSecret(
  core: Core,
  secret: UnknownObject,
  tokens: ServiceAccountTokens,
  authority: string,
): Promise<void> {
  const { name = '', namespace = '', uid: secretUid = '', annotations = {}, deletionTimestamp } = secret.metadata ?? {};
  if (deletionTimestamp !== undefined) return;
  const served = core.resources.require('', 'v1', 'secrets');
  const accountName = annotations[nameKey] ?? '';
  const entry = core.store.get(`${accounts}${namespace}/${accountName}`);
  const uid = entry === undefined ? undefined : parseEntry(entry).metadata?.uid;
  if (uid === undefined || (annotations[uidKey] !== undefined && annotations[uidKey] !== uid)) {
    await deleteObject(core, served, namespace, name, { dryRun: false, uid: secretUid });
    return;
  }
  const data = (secret.data ?? {}) as Record<string, string>;
  if (data.token !== undefined && data['ca.crt'] !== undefined && annotations[uidKey] === uid) return;
  const bound = { kind: 'Secret', apiVersion: 'v1', name, uid: secretUid };
  const { token } = tokens.issue({
    namespace,
    name: accountName,
    uid,
    audiences: [tokens.issuer],
    seconds: tokenSeconds,
    bound,
  });
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const filled = { 'ca.crt': base64(authority), namespace: base64(namespace), token: base64(token) };
  await updateOwn(core, served, namespace, name, (object) => ({
    ...object,
    metadata: { ...object.metadata, annotations: { ...object.metadata?.annotations, [uidKey]: uid } },
    data: { ...(object.data as object | undefined), ...filled },
  }));
}
