import type { KubeObject, UnknownObject } from '@croft/api/object';
import { checkImmutable, checkLabelName } from '../check.ts';
import { ageOf, defineTable, nameOf } from '../columns.ts';
import type { KindParts } from '../define.ts';

// Kinds of which the server knows little more than how `kubectl get` shows them.

interface Conditions {
  conditions?: { type: string; status: string; reason?: string; message?: string; error?: string }[];
}

type Loose = UnknownObject & { spec?: Record<string, unknown>; status?: Conditions };

const names = (values: unknown): string => (Array.isArray(values) ? values.map(String).join(',') : '');

function conditionOf(conditions: Conditions | undefined, type: string) {
  return conditions?.conditions?.find((condition) => condition.type === type);
}

function table(header: string, cells: (one: Loose, nowMs: number) => unknown[]): KindParts<KubeObject> {
  return { table: defineTable<Loose>(header, cells) } as KindParts<KubeObject>;
}

interface LimitedPriority {
  nominalConcurrencyShares?: number;
  lendablePercent?: number;
  limitResponse?: { queuing?: { queues?: number; handSize?: number; queueLengthLimit?: number } };
}

const flowSchemaTable = table(
  'Name*,PriorityLevel,MatchingPrecedence:integer,DistinguisherMethod,Age,MissingPL',
  (one, nowMs) => {
    const { priorityLevelConfiguration: level, matchingPrecedence, distinguisherMethod: method } = one.spec ?? {};
    const { name } = (level ?? {}) as { name?: string };
    const dangling = conditionOf(one.status, 'Dangling')?.status ?? '?';
    return [
      nameOf(one),
      name ?? '',
      matchingPrecedence ?? 0,
      (method as { type?: string } | undefined)?.type ?? '<none>',
      ageOf(one, nowMs),
      dangling,
    ];
  },
);

export const flowSchemaRules: KindParts<KubeObject> = {
  ...flowSchemaTable,
  countsGeneration: true,
  default({ spec }: Loose) {
    if (spec !== undefined && !spec.matchingPrecedence) spec.matchingPrecedence = 1000;
  },
};

const priorityLevelTable = table(
  'Name*,Type,NominalConcurrencyShares:integer,Queues:integer,HandSize:integer,QueueLengthLimit:integer,Age',
  (one, nowMs) => {
    const { type = '', limited } = one.spec ?? {};
    const { nominalConcurrencyShares, limitResponse } = (limited ?? {}) as LimitedPriority;
    const { queues, handSize, queueLengthLimit } = limitResponse?.queuing ?? {};
    const shown = [nominalConcurrencyShares, queues, handSize, queueLengthLimit].map((value) => value ?? '<none>');
    return [nameOf(one), type, ...shown, ageOf(one, nowMs)];
  },
);

export const priorityLevelRules: KindParts<KubeObject> = {
  ...priorityLevelTable,
  countsGeneration: true,
  default({ spec }: Loose) {
    const limited = spec?.limited as LimitedPriority | undefined;
    if (limited !== undefined) {
      limited.nominalConcurrencyShares ??= 30;
      limited.lendablePercent ??= 0;
      const queuing = limited.limitResponse?.queuing;
      if (queuing !== undefined) Object.assign(queuing, { queues: 64, handSize: 8, queueLengthLimit: 50, ...queuing });
    }
    const exempt = spec?.exempt as LimitedPriority | undefined;
    if (exempt !== undefined) {
      exempt.nominalConcurrencyShares ??= 0;
      exempt.lendablePercent ??= 0;
    }
  },
};

export const apiServiceRules = table('Name*,Service,Available,Age', (one, nowMs) => {
  const { name, namespace } = (one.spec?.service ?? {}) as { name?: string; namespace?: string };
  const available = conditionOf(one.status, 'Available');
  const reason = available?.status === 'True' ? '' : ` (${available?.reason ?? ''})`;
  const shown = available === undefined ? 'Unknown' : available.status + reason;
  return [nameOf(one), name === undefined ? 'Local' : `${namespace}/${name}`, shown, ageOf(one, nowMs)];
});

export const addressRules = table('Name*,ParentRef,Age', (one, nowMs) => {
  const {
    group = '',
    resource = '',
    namespace = '',
    name = '',
  } = (one.spec?.parentRef ?? {}) as Record<string, string>;
  const qualified = group === '' ? resource : `${resource}.${group}`;
  return [nameOf(one), `${qualified}/${namespace === '' ? '' : `${namespace}/`}${name}`, ageOf(one, nowMs)];
});

export const serviceRangeRules = table('Name*,CIDRs,Age', (one, nowMs) => [
  nameOf(one),
  names(one.spec?.cidrs),
  ageOf(one, nowMs),
]);

export const componentStatusRules = table('Name*,Status,Message,Error', (one) => {
  const { conditions } = one as Conditions;
  const healthy = conditions?.find(({ type }) => type === 'Healthy');
  const status = healthy === undefined ? 'Unknown' : healthy.status === 'True' ? 'Healthy' : 'Unhealthy';
  return [nameOf(one), status, healthy?.message ?? '', healthy?.error ?? ''];
});

export const capacityRules = table('Name*,StorageClassName,Capacity', (one) => [
  nameOf(one),
  one.storageClassName ?? '',
  one.capacity ?? '<unset>',
]);

export const namedRules = table('Name*,Age', (one, nowMs) => [nameOf(one), ageOf(one, nowMs)]);

export const resourceClaimRules = table('Name*,State,Age', (one, nowMs) => {
  const status = (one.status ?? {}) as { allocation?: unknown; reservedFor?: unknown[] };
  const states = [
    ...(one.metadata?.deletionTimestamp === undefined ? [] : ['deleted']),
    ...(status.allocation === undefined ? ['pending'] : ['allocated']),
    ...((status.reservedFor ?? []).length > 0 ? ['reserved'] : []),
  ];
  return [nameOf(one), states.join(','), ageOf(one, nowMs)];
});

export const resourceSliceRules = table('Name*,Node,Driver,Pool,Age', (one, nowMs) => {
  const { nodeName, allNodes, driver = '', pool } = one.spec ?? {};
  const node = nodeName ?? (allNodes === true ? '<all>' : '<unset>');
  return [nameOf(one), node, driver, (pool as { name?: string } | undefined)?.name ?? '', ageOf(one, nowMs)];
});

interface RuntimeClass extends KubeObject {
  handler?: string;
}

export const runtimeClassRules: KindParts<RuntimeClass> = {
  validate: ({ handler = '' }) => checkLabelName('handler', handler),
  validateUpdate: (one, old) => checkImmutable('handler', one.handler, old.handler),
  table: defineTable<RuntimeClass>('Name*,Handler,Age', (one, nowMs) => [
    nameOf(one),
    one.handler ?? '',
    ageOf(one, nowMs),
  ]),
};
