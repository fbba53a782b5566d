import type { UnknownObject } from '@croft/api/object';
import { type KeyAndCertificate, signRequest } from '@croft/foundation/certificates';
import { formatTime } from '@croft/foundation/clock';
import { errorMessage } from '@croft/foundation/errors';
import { parseSigningRequest, type SigningRequest } from '@croft/foundation/signing-request';
import type { Core } from '../core.ts';
import { updateOwn } from '../own-writes.ts';
import { objectOf, prefixOf } from '../served-resource.ts';
import type { Controller } from './start.ts';

const requests = prefixOf('certificates.k8s.io', 'certificatesigningrequests');
const clientSigner = 'kubernetes.io/kube-apiserver-client';
const clientUsages = new Set(['digital signature', 'key encipherment', 'client auth']);
const yearSeconds = 365 * 24 * 60 * 60;

interface Requested extends UnknownObject {
  spec?: { signerName?: string; request?: string; usages?: string[]; expirationSeconds?: number };
  status?: { certificate?: string; conditions?: { type: string; status: string }[] };
}

/** Signs approved requests for certificates of users (pkg/controller/certificates/signer). Other signers are others' work. */
export function requestSigner(authority: KeyAndCertificate): Controller {
  return {
    name: 'request-signer',
    prefixes: [requests],
    keysOf: ({ entry }) => [entry.key],
    reconcile: (core, key) => reconcileRequest(core, key, authority),
  };
}

async function reconcileRequest(core: Core, key: string, authority: KeyAndCertificate): Promise<void> {
  const served = core.resources.require('certificates.k8s.io', 'v1', 'certificatesigningrequests');
  const entry = core.store.get(key);
  if (entry === undefined) return;
  const { metadata, spec = {}, status = {} } = objectOf(served, entry) as Requested;
  const has = (type: string) =>
    status.conditions?.some((each) => each.type === type && each.status === 'True') === true;
  if (spec.signerName !== clientSigner || status.certificate !== undefined || !has('Approved') || has('Failed')) return;
  const outcome = sign(core, authority, spec);
  const change = (old: UnknownObject) => ({ ...old, status: withOutcome(core, (old as Requested).status, outcome) });
  await updateOwn(core, served, '', metadata?.name ?? '', change, 'status');
}

type Outcome = { readonly certificate: string } | { readonly problem: string };

/** The certificate as the status has it, or what is wrong with the request. */
function sign(
  { clock }: Core,
  authority: KeyAndCertificate,
  { request = '', usages = [], expirationSeconds = yearSeconds }: NonNullable<Requested['spec']>,
): Outcome {
  let parsed: SigningRequest;
  try {
    parsed = parseSigningRequest(Buffer.from(request, 'base64').toString('utf8'));
  } catch (error) {
    return { problem: errorMessage(error) };
  }
  if (!usages.includes('client auth') || usages.some((usage) => !clientUsages.has(usage)))
    return { problem: `invalid usages for client certificate: ${JSON.stringify(usages)}` };
  if (parsed.organizations.includes('system:masters'))
    return { problem: 'nobody becomes a member of system:masters this way' };
  const certificate = signRequest(authority, parsed, { nowMs: clock.now(), seconds: expirationSeconds, usages });
  return { certificate: Buffer.from(certificate).toString('base64') };
}

function withOutcome({ clock }: Core, status: Requested['status'], outcome: Outcome): Requested['status'] {
  if ('certificate' in outcome) return { ...status, certificate: outcome.certificate };
  const now = formatTime(clock.now());
  const times = { lastUpdateTime: now, lastTransitionTime: now };
  const failed = {
    type: 'Failed',
    status: 'True',
    reason: 'SignerValidationFailure',
    message: outcome.problem,
    ...times,
  };
  return { ...status, conditions: [...(status?.conditions ?? []), failed] };
}
