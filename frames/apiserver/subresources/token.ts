import { type FieldError, invalidField, invalidObject } from '@croft/api/field-error';
import type { UnknownObject } from '@croft/api/object';
import { formatTime } from '@croft/foundation/clock';
import { badRequest, conflict, methodNotAllowed, notFound } from '../failures.ts';
import { respondText } from '../output.ts';
import { getEntry } from '../read.ts';
import type { ApiResponse } from '../request.ts';
import type { ResourceCall } from '../resource-call.ts';
import { parseEntry } from '../served-resource.ts';
import type { BoundObject, ServiceAccountTokens } from '../tokens.ts';
import { decodeKind } from './decode.ts';

interface TokenRequestSpec {
  audiences?: string[] | null;
  expirationSeconds?: number;
  boundObjectRef?: Partial<BoundObject> | null;
}

/** POST of a TokenRequest to a ServiceAccount. */
export async function respondToken(call: ResourceCall, tokens: ServiceAccountTokens): Promise<ApiResponse> {
  const { core, served, namespace, info, request } = call;
  if (request.method !== 'POST') throw methodNotAllowed();
  const body = await decodeKind(call, 'authentication.k8s.io/v1', 'TokenRequest');
  const spec = (body.spec ?? {}) as TokenRequestSpec;
  const seconds = spec.expirationSeconds ?? 3600;
  validateIdentity(body, info.name, namespace);
  const account = parseEntry(getEntry(core, served, namespace, info.name));
  const { name = '', uid = '' } = account.metadata ?? {};
  checkUid(body, name, uid);
  validateSeconds(seconds);
  const bound = findBound(call, spec.boundObjectRef ?? undefined);
  const audiences = spec.audiences?.length ? spec.audiences : [tokens.issuer];
  const { token, expiresAtMs } = tokens.issue({
    namespace,
    name,
    uid,
    audiences,
    seconds,
    ...(bound === undefined ? {} : { bound }),
  });
  const answer: UnknownObject = {
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { name, namespace, uid, creationTimestamp: formatTime(core.clock.now()) },
    spec: { audiences, expirationSeconds: seconds, boundObjectRef: bound ?? null },
    status: { token, expirationTimestamp: formatTime(expiresAtMs) },
  };
  return respondText(201, JSON.stringify(answer), { media: 'application/json' });
}

function validateSeconds(seconds: number): void {
  const field = 'spec.expirationSeconds';
  const errors: FieldError[] = [];
  if (seconds < 600) errors.push(invalidField(field, seconds, 'may not specify a duration less than 10 minutes'));
  if (seconds > 2 ** 32)
    errors.push(invalidField(field, seconds, 'may not specify a duration larger than 2^32 seconds'));
  if (errors.length > 0) throw invalidObject({ group: 'authentication.k8s.io', kind: 'TokenRequest' }, '', errors);
}

/** Name and namespace may be left out of the body, but not differ from those of the URL. */
function validateIdentity({ metadata = {} }: UnknownObject, name: string, namespace: string): void {
  const check = (field: 'name' | 'namespace', wanted: string): FieldError[] => {
    const given = metadata[field] ?? '';
    if (given === '' || given === wanted) return [];
    return [invalidField(`metadata.${field}`, given, `must match the service account ${field} if specified`)];
  };
  const errors = [check('name', name), check('namespace', namespace)].find((found) => found.length > 0);
  if (errors !== undefined) throw invalidObject({ group: 'authentication.k8s.io', kind: 'TokenRequest' }, name, errors);
}

/** Throws 409 when the request is for an account of that name that is gone. */
function checkUid({ metadata }: UnknownObject, name: string, uid: string): void {
  const given = metadata?.uid ?? '';
  if (given === '' || given === uid) return;
  const why = `the UID in the token request (${given}) does not match the UID of the service account (${uid})`;
  throw conflict({ group: 'authentication.k8s.io', plural: 'TokenRequest' }, name, why);
}

const boundResources: Record<string, string> = { Pod: 'pods', Secret: 'secrets', Node: 'nodes' };

function findBound(
  { core, namespace, info }: ResourceCall,
  ref: Partial<BoundObject> | undefined,
): BoundObject | undefined {
  if (ref === undefined) return undefined;
  const { kind = '', apiVersion = 'v1', name = '', uid = '' } = ref;
  const plural = apiVersion.includes('/') ? undefined : boundResources[kind];
  if (plural === undefined) {
    const type = `${apiVersion.includes('/') ? '' : '/'}${apiVersion}, Kind=${kind}`;
    throw badRequest(`cannot bind token to object of type ${type}`);
  }
  const found = core.lookup.find(plural, kind === 'Node' ? undefined : namespace, name);
  if (found === undefined) throw notFound({ group: '', plural }, name);
  const { serviceAccountName } = (found.spec ?? {}) as { serviceAccountName?: string };
  if (kind === 'Pod' && serviceAccountName !== info.name) {
    const account = JSON.stringify(info.name);
    throw badRequest(
      `cannot bind token for serviceaccount ${account} to pod running with different serviceaccount name.`,
    );
  }
  const actual = found.metadata?.uid ?? '';
  if (uid !== '' && uid !== actual) {
    const why = `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`;
    throw conflict({ group: '', plural: kind }, name, why);
  }
  return { kind, apiVersion, name, uid: actual };
}
