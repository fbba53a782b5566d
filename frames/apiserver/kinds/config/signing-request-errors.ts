import { X509Certificate } from 'node:crypto';
import { duplicateField, type FieldError, invalidField, requiredField, unsupportedField } from '@croft/api/field-error';
import { quoteGo } from '@croft/api/go-quote';
import type { KubeObject } from '@croft/api/object';
import { errorMessage } from '@croft/foundation/errors';
import { parseSigningRequest } from '@croft/foundation/signing-request';
import { checkSigner } from './signer-name.ts';

export interface SigningRequest extends KubeObject {
  spec?: {
    request?: string;
    signerName?: string;
    expirationSeconds?: number;
    usages?: readonly string[];
    username?: string;
    uid?: string;
    groups?: readonly string[];
    extra?: Readonly<Record<string, readonly string[]>>;
  };
  status?: { certificate?: string; conditions?: Condition[] };
}

interface Condition {
  readonly type?: string;
  readonly status?: string;
}

const knownUsages = [
  'any',
  'cert sign',
  'client auth',
  'code signing',
  'content commitment',
  'crl sign',
  'data encipherment',
  'decipher only',
  'digital signature',
  'email protection',
  'encipher only',
  'ipsec end system',
  'ipsec tunnel',
  'ipsec user',
  'key agreement',
  'key encipherment',
  'microsoft sgc',
  'netscape sgc',
  'ocsp signing',
  's/mime',
  'server auth',
  'signing',
  'timestamping',
];

/** All that holds for a new request, and for a changed one: what was wrong before is not told of again. */
export function signingRequestErrors(request: SigningRequest, old?: SigningRequest): FieldError[] {
  const { spec = {}, status = {} } = request;
  const known = new Set(
    old === undefined ? [] : looseErrors(old).map(({ type, field, detail }) => type + field + detail),
  );
  const { expirationSeconds: seconds } = spec;
  const short = 'may not specify a duration less than 600 seconds (10 minutes)';
  const changed = status.certificate !== old?.status?.certificate;
  return [
    ...checkPem(spec.request ?? ''),
    ...((spec.usages ?? []).length === 0 ? [requiredField('spec.usages')] : []),
    ...looseErrors(request).filter(({ type, field, detail }) => !known.has(type + field + detail)),
    ...checkSigner('spec.signerName', spec.signerName ?? ''),
    ...(seconds !== undefined && seconds < 600 ? [invalidField('spec.expirationSeconds', seconds, short)] : []),
    ...checkConditions(status.conditions ?? []),
    ...(changed ? checkCertificate(status.certificate ?? '') : []),
  ];
}

function checkPem(request: string): FieldError[] {
  try {
    parseSigningRequest(Buffer.from(request, 'base64').toString('utf8'));
    return [];
  } catch (error) {
    return [invalidField('spec.request', request, errorMessage(error))];
  }
}

/** Older servers let these pass. */
function looseErrors({ spec: { usages = [] } = {} }: SigningRequest): FieldError[] {
  const at = (index: number) => `spec.usages[${index}]`;
  return [
    ...usages.flatMap((usage, index) =>
      knownUsages.includes(usage) ? [] : [unsupportedField(at(index), usage, knownUsages)],
    ),
    ...usages.flatMap((usage, index) => (usages.indexOf(usage) < index ? [duplicateField(at(index), usage)] : [])),
  ];
}

export const decisions = ['Approved', 'Denied'];
export const onceTrue = [...decisions, 'Failed'];

function checkConditions(conditions: readonly Condition[]): FieldError[] {
  return conditions.flatMap(({ type = '', status = '' }, index) => {
    const path = `status.conditions[${index}]`;
    const earlier = conditions.slice(0, index).map((one) => one.type ?? '');
    const values = onceTrue.includes(type) ? ['True'] : ['False', 'True', 'Unknown'];
    const opposite = decisions.find((other) => decisions.includes(type) && other !== type);
    return [
      ...(type === '' ? [requiredField(`${path}.type`)] : []),
      ...(status === '' ? [requiredField(`${path}.status`)] : []),
      ...(status === '' || values.includes(status) ? [] : [unsupportedField(`${path}.status`, status, values)]),
      ...(opposite !== undefined && earlier.includes(opposite)
        ? [invalidField(`${path}.type`, type, 'Approved and Denied conditions are mutually exclusive')]
        : []),
      ...(earlier.includes(type) ? [duplicateField(`${path}.type`, type)] : []),
    ];
  });
}

const block = /-----BEGIN ([^-]*)-----([\s\S]*?)-----END \1-----/g;

function checkCertificate(certificate: string): FieldError[] {
  if (certificate === '') return [];
  const why = certificateFault(Buffer.from(certificate, 'base64').toString('utf8'));
  return why === undefined ? [] : [invalidField('status.certificate', '<certificate data>', why)];
}

function certificateFault(text: string): string | undefined {
  const blocks = [...text.matchAll(block)];
  if (blocks.length === 0) return 'must contain at least one CERTIFICATE PEM block';
  for (const [whole, kind = '', body = ''] of blocks) {
    if (kind !== 'CERTIFICATE') return `only CERTIFICATE PEM blocks are allowed, found ${quoteGo(kind)}`;
    if (body.includes(':')) return 'no PEM block headers are permitted';
    try {
      new X509Certificate(whole);
    } catch (error) {
      return errorMessage(error);
    }
  }
  return undefined;
}
