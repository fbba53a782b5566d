import type { UnknownObject } from '@croft/api/object';
import { formatTime } from '@croft/foundation/clock';
import { withoutKey } from '@croft/foundation/json-keys';
import type { Access, AccessRequest } from './access.ts';
import { badRequest } from './failures.ts';
import { respondText } from './output.ts';
import { joinErrors, type PolicyRule, type RuleSource } from './rbac.ts';
import type { ApiResponse } from './request.ts';
import type { ResourceCall } from './resource-call.ts';
import {
  type AccessSpec,
  refuseInvalid,
  validateAttributes,
  validateLocal,
  validateMetadata,
  validateSubject,
} from './review-errors.ts';
import { decodeKind } from './subresources/decode.ts';
import type { TokenFacts } from './tokens.ts';
import type { User } from './user.ts';

export interface ReviewParts {
  readonly authorize: (request: AccessRequest) => Access;
  readonly rules: RuleSource;
  /** Who holds a token, for which audiences; undefined when nobody known does. */
  readonly reviewToken: (token: string) => Promise<TokenFacts | undefined>;
  readonly audience: string;
}

type Review = (call: ResourceCall, body: UnknownObject, parts: ReviewParts) => UnknownObject | Promise<UnknownObject>;

const reviews: Record<string, Review> = {
  tokenreviews: reviewToken,
  selfsubjectreviews: ({ core, user }) => ({
    metadata: { creationTimestamp: formatTime(core.clock.now()) },
    status: { userInfo: renderUser(user) },
  }),
  selfsubjectaccessreviews: ({ user }, body, parts) => {
    refuseInvalid([...validateAttributes(body), ...validateMetadata(body)]);
    return accessAnswer(body, user, parts);
  },
  subjectaccessreviews: (_call, body, parts) => {
    refuseInvalid([...validateAttributes(body), ...validateSubject(body), ...validateMetadata(body)]);
    return accessAnswer(body, subjectOf(body), parts);
  },
  localsubjectaccessreviews: ({ namespace }, body, parts) => {
    const own = body.metadata?.namespace ?? '';
    if (own !== '' && own !== namespace) {
      throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
    }
    body.metadata = { ...body.metadata, namespace };
    refuseInvalid([...validateAttributes(body), ...validateSubject(body), ...validateLocal(body)]);
    return { metadata: body.metadata, ...accessAnswer(body, subjectOf(body), parts) };
  },
  selfsubjectrulesreviews: ({ user }, body, { rules }) => {
    const { namespace = '' } = (body.spec ?? {}) as { namespace?: string };
    if (namespace === '') throw badRequest('no namespace on request');
    const missing: string[] = [];
    const granted = [...rules.rulesFor(user, namespace, missing)].map(({ rule }) => rule);
    const evaluationError = missing.length === 0 ? {} : { evaluationError: joinErrors(missing) };
    return { status: { ...renderRules(granted), ...evaluationError } };
  },
};

/** Questions that are asked by creating an object: nothing is stored. Undefined for resources of another sort. */
export function respondReview(call: ResourceCall, parts: ReviewParts): Promise<ApiResponse> | undefined {
  const { group, version, plural, kind } = call.served.resource;
  if (group !== 'authentication.k8s.io' && group !== 'authorization.k8s.io') return undefined;
  const review = reviews[plural];
  if (review === undefined || call.info.verb !== 'create') return undefined;
  const answer = async (): Promise<ApiResponse> => {
    const apiVersion = `${group}/${version}`;
    const body = await decodeKind(call, apiVersion, kind);
    if (!call.served.resource.namespaced) body.metadata = withoutKey(body.metadata ?? {}, 'namespace');
    const { status: _status, ...asked } = body;
    const answered = { ...asked, metadata: asked.metadata ?? {}, ...(await review(call, body, parts)) };
    return respondText(201, JSON.stringify(answered), { media: 'application/json' });
  };
  return answer();
}

function subjectOf(body: UnknownObject): User {
  const { user = '', uid, groups = [], extra } = (body.spec ?? {}) as AccessSpec;
  return { name: user, groups, ...(uid === undefined ? {} : { uid }), ...(extra === undefined ? {} : { extra }) };
}

function accessAnswer(body: UnknownObject, user: User, { authorize }: ReviewParts): UnknownObject {
  const { resourceAttributes: resource, nonResourceAttributes: plain } = (body.spec ?? {}) as AccessSpec;
  const { allowed, reason } = authorize({
    user,
    verb: resource?.verb ?? plain?.verb ?? '',
    isResource: resource !== undefined,
    path: plain?.path ?? '',
    group: resource?.group ?? '',
    resource: resource?.resource ?? '',
    subresource: resource?.subresource ?? '',
    namespace: resource?.namespace ?? '',
    name: resource?.name ?? '',
  });
  return { status: { allowed, ...(reason === '' ? {} : { reason }) } };
}

async function reviewToken(_call: ResourceCall, body: UnknownObject, parts: ReviewParts): Promise<UnknownObject> {
  const { token = '', audiences } = (body.spec ?? {}) as { token?: string; audiences?: string[] };
  if (token === '') throw badRequest('token is required for TokenReview in authentication');
  const facts = await parts.reviewToken(token);
  if (facts === undefined) return { status: { user: {}, error: 'invalid bearer token' } };
  const wanted = audiences?.length ? audiences : [parts.audience];
  const shared = wanted.filter((audience) => facts.audiences.includes(audience));
  if (shared.length === 0) {
    const list = (values: readonly string[]) => `[${values.map((value) => JSON.stringify(value)).join(' ')}]`;
    const why = `token audiences ${list(facts.audiences)} is invalid for the target audiences ${list(wanted)}`;
    return { status: { user: {}, error: `[invalid bearer token, ${why}]` } };
  }
  return { status: { authenticated: true, user: renderUser(facts.user), audiences: shared } };
}

function renderUser({ name, uid, groups, extra }: User): UnknownObject {
  return {
    username: name,
    ...(uid === undefined ? {} : { uid }),
    ...(groups.length === 0 ? {} : { groups }),
    ...(extra === undefined || Object.keys(extra).length === 0 ? {} : { extra }),
  };
}

function renderRules(rules: readonly PolicyRule[]) {
  return {
    resourceRules: rules
      .filter(({ resources }) => resources !== undefined)
      .flatMap(({ verbs, apiGroups, resources, resourceNames }) => [
        { verbs, apiGroups, resources, ...(resourceNames?.length ? { resourceNames } : {}) },
      ]),
    nonResourceRules: rules
      .filter(({ nonResourceURLs }) => nonResourceURLs !== undefined)
      .map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs })),
    incomplete: false,
  };
}
