import { randomUUID } from 'node:crypto';
import type { ApiRequest } from './request.ts';
import type { RequestInfo } from './request-info.ts';
import type { User } from './user.ts';

/** Which requests a rule is about; what is left out fits all. The first rule that fits decides. */
export interface AuditRule {
  readonly level: 'None' | 'Metadata';
  readonly verbs?: readonly string[];
  /** `secrets`, or `deployments.apps`. */
  readonly resources?: readonly string[];
  readonly users?: readonly string[];
}

export interface AuditOptions {
  /** Takes one line of JSON at a time (audit.k8s.io/v1 Event). */
  readonly write: (line: string) => void;
  readonly rules?: readonly AuditRule[];
}

const reads = ['get', 'list', 'watch'];

/** Who changed what, and who read Secrets; not what renews itself all the time. */
export const defaultAuditRules: readonly AuditRule[] = [
  { level: 'None', resources: ['leases.coordination.k8s.io', 'events', 'events.events.k8s.io'] },
  { level: 'None', resources: ['subjectaccessreviews.authorization.k8s.io', 'tokenreviews.authentication.k8s.io'] },
  { level: 'Metadata', resources: ['secrets'] },
  { level: 'None', verbs: reads },
  { level: 'Metadata' },
];

/** A request that was answered. */
export interface Answered {
  readonly request: ApiRequest;
  readonly info: RequestInfo;
  /** Undefined when the client is nobody known. */
  readonly user: User | undefined;
  /** Who acts as `user`, where that is another. */
  readonly impersonator?: User;
  readonly code: number;
  readonly receivedMs: number;
  readonly endedMs: number;
  /** Why authorization allowed or refused it. */
  readonly decision?: { readonly allowed: boolean; readonly reason: string };
}

export function createAudit({ write, rules = defaultAuditRules }: AuditOptions): (answered: Answered) => void {
  return (answered) => {
    if (levelOf(rules, answered) === 'Metadata') write(`${JSON.stringify(renderEvent(answered))}\n`);
  };
}

function levelOf(rules: readonly AuditRule[], { info, user, impersonator }: Answered): AuditRule['level'] {
  if (!info.isResource) return 'None';
  const resource = info.group === '' ? info.resource : `${info.resource}.${info.group}`;
  const name = (impersonator ?? user)?.name ?? '';
  const fits = (list: readonly string[] | undefined, value: string) => list === undefined || list.includes(value);
  const rule = rules.find(
    ({ verbs, resources, users }) => fits(verbs, info.verb) && fits(resources, resource) && fits(users, name),
  );
  return rule?.level ?? 'None';
}

function renderEvent({ request, info, user, impersonator, code, receivedMs, endedMs, decision }: Answered) {
  const userAgent = request.header('user-agent');
  const query = request.query.toString();
  const objectRef = {
    resource: info.resource,
    ...optional('namespace', info.namespace),
    ...optional('name', info.name),
    ...optional('apiGroup', info.group),
    apiVersion: info.version,
    ...optional('subresource', info.subresource),
  };
  return {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'Metadata',
    auditID: randomUUID(),
    stage: 'ResponseComplete',
    requestURI: query === '' ? request.path : `${request.path}?${query}`,
    verb: info.verb,
    user: renderUser(impersonator ?? user),
    ...(impersonator === undefined ? {} : { impersonatedUser: renderUser(user) }),
    ...(request.address === undefined ? {} : { sourceIPs: [request.address] }),
    ...(userAgent === undefined ? {} : { userAgent }),
    objectRef,
    responseStatus: { metadata: {}, code },
    requestReceivedTimestamp: new Date(receivedMs).toISOString(),
    stageTimestamp: new Date(endedMs).toISOString(),
    ...(decision === undefined
      ? {}
      : {
          annotations: {
            'authorization.k8s.io/decision': decision.allowed ? 'allow' : 'forbid',
            'authorization.k8s.io/reason': decision.reason,
          },
        }),
  };
}

const optional = (key: string, value: string) => (value === '' ? {} : { [key]: value });

function renderUser(user: User | undefined) {
  if (user === undefined) return {};
  const { name, uid, groups, extra } = user;
  return {
    username: name,
    ...(uid === undefined ? {} : { uid }),
    groups,
    ...(extra === undefined ? {} : { extra }),
  };
}
