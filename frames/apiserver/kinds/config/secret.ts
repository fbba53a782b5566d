import { type FieldError, fieldTooLong, forbiddenField, invalidField, requiredField } from '@croft/api/field-error';
import { configKeyErrors } from '@croft/api/names';
import type { Secret } from '@croft/api/types';
import { isJsonObject, jsonEqual } from '@croft/foundation/json';
import { checkImmutable, invalidFor } from '../check.ts';
import { ageOf, defineTable, nameOf } from '../columns.ts';
import type { KindParts, Writable } from '../define.ts';
import { maxDataBytes } from './config-map.ts';

const accountName = 'kubernetes.io/service-account.name';
const redacted = '<secret contents redacted>';

export const secretRules: KindParts<Writable<Secret>> = {
  default(secret) {
    secret.type ??= 'Opaque';
    if (secret.stringData === undefined) return;
    const entries = Object.entries(secret.stringData);
    secret.data = {
      ...secret.data,
      ...Object.fromEntries(entries.map(([key, value]) => [key, Buffer.from(value).toString('base64')])),
    };
    delete secret.stringData;
  },
  prepareForUpdate(secret, old) {
    if ((secret.type ?? '') === '' && old.type !== undefined) secret.type = old.type;
  },
  validate: checkSecret,
  validateUpdate: (secret, old) => [
    ...checkImmutable('type', secret.type, old.type),
    ...checkUnchanged(secret, old),
    ...checkSecret(secret),
  ],
  warnings: (secret) => tlsWarnings(secret),
  selectableFields: ({ type }) => ({ type: type ?? '' }),
  table: defineTable<Secret>('Name*,Type,Data,Age', (secret, nowMs) => [
    nameOf(secret),
    secret.type ?? '',
    Object.keys(secret.data ?? {}).length,
    ageOf(secret, nowMs),
  ]),
};

function checkSecret(secret: Secret): FieldError[] {
  const data = secret.data ?? {};
  const errors: FieldError[] = [];
  let bytes = 0;
  for (const [key, value] of Object.entries(data)) {
    errors.push(...invalidFor(`data[${key}]`, key, configKeyErrors(key)));
    bytes += Buffer.byteLength(value, 'base64');
  }
  if (bytes > maxDataBytes) errors.push(fieldTooLong('data', maxDataBytes));
  return [...errors, ...checkType(secret, data)];
}

function checkType(secret: Secret, data: Readonly<Record<string, string>>): FieldError[] {
  const need = (...keys: string[]) =>
    keys.filter((key) => data[key] === undefined).map((key) => requiredField(`data[${key}]`));
  switch (secret.type) {
    case 'kubernetes.io/service-account-token':
      if (secret.metadata?.annotations?.[accountName]) return [];
      return [requiredField(`metadata.annotations[${accountName}]`)];
    case 'kubernetes.io/dockercfg':
      return [...need('.dockercfg'), ...checkJson('.dockercfg', data)];
    case 'kubernetes.io/dockerconfigjson':
      return [...need('.dockerconfigjson'), ...checkJson('.dockerconfigjson', data)];
    case 'kubernetes.io/basic-auth':
      return data.username === undefined && data.password === undefined ? need('username', 'password') : [];
    case 'kubernetes.io/ssh-auth':
      return data['ssh-privatekey'] ? [] : [requiredField('data[ssh-privatekey]')];
    case 'kubernetes.io/tls':
      return need('tls.crt', 'tls.key');
    default:
      return [];
  }
}

function checkJson(key: string, data: Readonly<Record<string, string>>): FieldError[] {
  const value = data[key];
  if (value === undefined) return [];
  const refuse = (why: string) => [invalidField(`data[${key}]`, redacted, why)];
  try {
    const content: unknown = JSON.parse(Buffer.from(value, 'base64').toString());
    return content === null || isJsonObject(content)
      ? []
      : refuse('json: cannot unmarshal into Go value of type map[string]interface {}');
  } catch {
    return refuse('invalid JSON');
  }
}

function checkUnchanged(secret: Secret, old: Secret): FieldError[] {
  if (old.immutable !== true) return [];
  const rule = 'field is immutable when `immutable` is set';
  const errors = secret.immutable === true ? [] : [forbiddenField('immutable', rule)];
  return jsonEqual(secret.data, old.data) ? errors : [...errors, forbiddenField('data', rule)];
}

/** A certificate and a key that do not fit together are kept, but told of. */
function tlsWarnings({ type, data }: Secret): string[] {
  if (type !== 'kubernetes.io/tls' || data === undefined) return [];
  const pem = (key: string) => Buffer.from(data[key] ?? '', 'base64').toString();
  const hasCertificate = /-----BEGIN CERTIFICATE-----/.test(pem('tls.crt'));
  const hasKey = /-----BEGIN ([A-Z]+ )?PRIVATE KEY-----/.test(pem('tls.key'));
  if (!hasCertificate) return ['tls: failed to find any PEM data in certificate input'];
  return hasKey ? [] : ['tls: failed to find any PEM data in key input'];
}
