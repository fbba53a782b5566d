import type { KubeObject } from '@croft/api/object';
import { formatAge } from '../ages.ts';
import { ageOf, defineTable, nameOf } from '../columns.ts';
import type { KindParts } from '../define.ts';

interface SigningRequest extends KubeObject {
  spec?: {
    signerName?: string;
    expirationSeconds?: number;
    username?: string;
    uid?: string;
    groups?: readonly string[];
    extra?: Readonly<Record<string, readonly string[]>>;
  };
  status?: { certificate?: string; conditions?: { type: string }[] };
}

export const signingRequestRules: KindParts<SigningRequest> = {
  prepareForCreate(request, { name, uid, groups, extra }) {
    const { username: _name, uid: _uid, groups: _groups, extra: _extra, ...spec } = request.spec ?? {};
    request.spec = {
      ...spec,
      username: name,
      ...(uid === undefined ? {} : { uid }),
      groups,
      ...(extra === undefined ? {} : { extra }),
    };
  },
  prepareForUpdate(request, old) {
    if (old.spec !== undefined) request.spec = old.spec;
  },
  prepareForSubresourceUpdate(_subresource, request, old) {
    if (old.spec !== undefined) request.spec = old.spec;
    const conditions = request.status?.conditions;
    request.status = { ...old.status, ...(conditions === undefined ? {} : { conditions }) };
  },
  selectableFields: ({ spec }) => ({ 'spec.signerName': spec?.signerName ?? '' }),
  table: defineTable<SigningRequest>('Name*,Age,SignerName,Requestor,RequestedDuration,Condition', (request, nowMs) => [
    nameOf(request),
    ageOf(request, nowMs),
    request.spec?.signerName ?? '<none>',
    request.spec?.username ?? '',
    request.spec?.expirationSeconds === undefined ? '<none>' : formatSeconds(request.spec.expirationSeconds),
    formatState(request.status),
  ]),
};

function formatState(status: SigningRequest['status']): string {
  const types = (status?.conditions ?? []).map(({ type }) => type);
  const decided = types.includes('Denied') ? 'Denied' : types.includes('Approved') ? 'Approved' : 'Pending';
  return `${decided}${types.includes('Failed') ? ',Failed' : ''}${status?.certificate ? ',Issued' : ''}`;
}

/** As an age of so many seconds is shown. */
function formatSeconds(seconds: number): string {
  return formatAge(new Date(0).toISOString(), seconds * 1000);
}
