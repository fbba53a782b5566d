import { type FieldError, forbiddenField } from '@croft/api/field-error';
import { jsonEqual } from '@croft/foundation/json';
import { pathNameErrors } from '../../object-meta.ts';
import { formatAge } from '../ages.ts';
import { ageOf, defineTable, nameOf } from '../columns.ts';
import type { KindParts } from '../define.ts';
import { decisions, onceTrue, type SigningRequest, signingRequestErrors } from './signing-request-errors.ts';

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
  validateName: pathNameErrors,
  validate: (request) => signingRequestErrors(request),
  validateUpdate: (request, old) => signingChangeErrors('', request, old),
  validateStatusUpdate: (request, old) => signingChangeErrors('status', request, old),
  validateSubresourceUpdate: signingChangeErrors,
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

/** What a write to `subresource` may change of what was decided and signed. */
function signingChangeErrors(subresource: string, request: SigningRequest, old: SigningRequest): FieldError[] {
  const of = ({ status }: SigningRequest, type: string) =>
    (status?.conditions ?? []).filter((condition) => condition.type === type);
  const refuse = (what: string) => forbiddenField('status.conditions', `updates may not ${what}`);
  const fewer = onceTrue.filter((type) => of(request, type).length < of(old, type).length);
  const decided = subresource === 'approval' ? [] : decisions.filter((type) => !fewer.includes(type));
  const [now = '', before = ''] = [request.status?.certificate, old.status?.certificate];
  const certificate = (what: string) => forbiddenField('status.certificate', `updates may not ${what}`);
  return [
    ...signingRequestErrors(request, old),
    ...fewer.map((type) => refuse(`remove a condition of type "${type}"`)),
    ...decided.flatMap((type) => {
      if (of(request, type).length > of(old, type).length) return [refuse(`add a condition of type "${type}"`)];
      return jsonEqual(of(request, type), of(old, type)) ? [] : [refuse(`modify a condition of type "${type}"`)];
    }),
    ...(now !== before && subresource !== 'status' ? [certificate('set certificate content')] : []),
    ...(now !== before && subresource === 'status' && before !== ''
      ? [certificate('modify existing certificate content')]
      : []),
  ];
}
