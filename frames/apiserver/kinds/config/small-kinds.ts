import { type FieldError, forbiddenField, invalidField, requiredField } from '@croft/api/field-error';
import { dns1123LabelErrors, qualifiedNameErrors } from '@croft/api/names';
import type { KubeObject, UnknownObject } from '@croft/api/object';
import type { ControllerRevision, Lease, Namespace, PodTemplateSpec, ServiceAccount } from '@croft/api/types';
import { jsonEqual } from '@croft/foundation/json';
import { forbidden } from '../../failures.ts';
import { standardFinalizers } from '../../object-meta.ts';
import { checkImmutable, checkNonNegative, checkOneOf, invalidFor } from '../check.ts';
import { ageOf, containerCells, defineTable, nameOf } from '../columns.ts';
import type { KindParts, Writable } from '../define.ts';
import { formatSelector } from '../labels.ts';
import { defaultPodTemplate } from '../pod/defaults.ts';
import { checkPodTemplate } from '../pod/validate-spec.ts';
import { templateWarnings } from '../pod/warnings.ts';
import { reviewNamespace, reviewTemplate, standardErrors } from '../pod-security/admit-standard.ts';

const nameLabel = 'kubernetes.io/metadata.name';

export const namespaceRules: KindParts<Writable<Namespace>> = {
  validateName: (name) => dns1123LabelErrors(name),
  default(namespace) {
    const name = namespace.metadata?.name;
    if (name && namespace.metadata !== undefined) {
      namespace.metadata.labels = { ...namespace.metadata.labels, [nameLabel]: name };
    }
  },
  prepareForCreate(namespace) {
    const finalizers = namespace.spec?.finalizers ?? [];
    namespace.spec = { finalizers: finalizers.includes('kubernetes') ? finalizers : [...finalizers, 'kubernetes'] };
    namespace.status = { phase: 'Active' };
    if (namespace.metadata?.name !== undefined) {
      namespace.metadata.labels = { ...namespace.metadata.labels, [nameLabel]: namespace.metadata.name };
    }
  },
  prepareForUpdate(namespace, old) {
    if (old.spec?.finalizers !== undefined) namespace.spec = { ...namespace.spec, finalizers: old.spec.finalizers };
    if (old.status !== undefined) namespace.status = old.status;
  },
  validate: ({ spec, metadata }) => [
    ...(spec?.finalizers ?? []).flatMap((name) => checkFinalizer('spec.finalizers', name)),
    ...standardErrors(metadata?.labels),
  ],
  validateUpdate({ metadata }, old) {
    const errors = standardErrors(metadata?.labels);
    return jsonEqual(errors, standardErrors(old.metadata?.labels)) ? [] : errors;
  },
  review: reviewNamespace,
  validateStatusUpdate({ metadata, status }) {
    const { phase = '' } = status ?? {};
    const wanted = metadata?.deletionTimestamp === undefined ? 'Active' : 'Terminating';
    if (phase === wanted) return [];
    const when = wanted === 'Active' ? 'is empty' : 'is not empty';
    return [invalidField('status.Phase', phase, `may only be '${wanted}' if \`deletionTimestamp\` ${when}`)];
  },
  selectableFields: ({ metadata, status }) => ({ name: metadata?.name ?? '', 'status.phase': status?.phase ?? '' }),
  table: defineTable<Namespace>('Name*,Status,Age', (namespace, nowMs) => [
    nameOf(namespace),
    namespace.status?.phase ?? '',
    ageOf(namespace, nowMs),
  ]),
};

/** Finalizers of namespaces are named like those of all objects. */
function checkFinalizer(path: string, name: string): FieldError[] {
  const errors = invalidFor(path, name, qualifiedNameErrors(name));
  if (errors.length > 0 || name.includes('/') || standardFinalizers.has(name)) return errors;
  return [invalidField(path, name, 'name is neither a standard finalizer name nor is it fully qualified')];
}

const mountableSecrets = 'kubernetes.io/enforce-mountable-secrets';

export const serviceAccountRules: KindParts<ServiceAccount> = {
  returnsDeleted: true,
  prepareForCreate: keepSecretNames,
  prepareForUpdate: keepSecretNames,
  warnings({ metadata }, old) {
    const known = old?.metadata?.annotations?.[mountableSecrets] !== undefined;
    if (known || metadata?.annotations?.[mountableSecrets] === undefined) return [];
    const instead = 'prefer separate namespaces to isolate access to mounted secrets';
    return [`metadata.annotations[${mountableSecrets}]: deprecated in v1.32+; ${instead}`];
  },
  table: defineTable<ServiceAccount>('Name*,Age', (account, nowMs) => [nameOf(account), ageOf(account, nowMs)]),
};

/** Of the Secrets that an account names, only the names count. */
function keepSecretNames(account: ServiceAccount): void {
  if (account.secrets === undefined) return;
  account.secrets = account.secrets.map(({ name }) => (name === undefined ? {} : { name }));
}

export const leaseRules: KindParts<Lease> = {
  createsOnUpdate: true,
  allowsUnconditionalUpdate: false,
  validate: ({ spec }) => {
    const seconds = spec?.leaseDurationSeconds;
    return [
      ...(seconds !== undefined && seconds <= 0
        ? [invalidField('spec.leaseDurationSeconds', seconds, 'must be greater than 0')]
        : []),
      ...checkNonNegative('spec.leaseTransitions', spec?.leaseTransitions),
    ];
  },
  table: defineTable<Lease>('Name*,Holder,Age', (lease, nowMs) => [
    nameOf(lease),
    lease.spec?.holderIdentity ?? '',
    ageOf(lease, nowMs),
  ]),
};

interface PriorityClass extends KubeObject {
  value: number;
  globalDefault?: boolean;
  preemptionPolicy?: string;
}

const highestPriority = 1_000_000_000;

export const priorityClassRules: KindParts<PriorityClass> = {
  prepareForCreate(one) {
    one.metadata = { ...one.metadata, generation: 1 };
  },
  default(one) {
    one.preemptionPolicy ??= 'PreemptLowerPriority';
  },
  admit(one, old, lookup) {
    if (one.globalDefault !== true) return;
    const others = lookup.list('priorityclasses.scheduling.k8s.io') as (UnknownObject & PriorityClass)[];
    const other = others.find(({ globalDefault }) => globalDefault === true);
    if (other === undefined || (old !== undefined && nameOf(other) === nameOf(one))) return;
    const why = `PriorityClass ${nameOf(other)} is already marked as default. Only one default can exist`;
    throw forbidden({ group: 'scheduling.k8s.io', plural: 'priorityclasses' }, nameOf(one), why);
  },
  validate(one) {
    const errors: FieldError[] = [];
    const name = nameOf(one);
    if (name.startsWith('system-')) {
      const known = { 'system-cluster-critical': 2_000_000_000, 'system-node-critical': 2_000_001_000 }[name];
      if (known !== one.value) {
        const rule = "priority class names with 'system-' prefix are reserved for system use only. error: ";
        errors.push(forbiddenField('metadata.name', `${rule}${name} is not a known system priority class`));
      }
    } else if (one.value > highestPriority) {
      const rule = `maximum allowed value of a user defined priority is ${highestPriority}`;
      errors.push(forbiddenField('value', rule));
    }
    const policy = one.preemptionPolicy;
    if (policy === undefined) return errors;
    return [...errors, ...checkOneOf('preemptionPolicy', policy, ['PreemptLowerPriority', 'Never'])];
  },
  validateUpdate: (one, old) => [
    ...(one.value === old.value ? [] : [forbiddenField('value', 'may not be changed in an update.')]),
    ...checkImmutable('preemptionPolicy', one.preemptionPolicy, old.preemptionPolicy),
  ],
  table: defineTable<PriorityClass>('Name*,Value:integer,Global-Default:boolean,Age,PreemptionPolicy', (one, nowMs) => [
    nameOf(one),
    one.value,
    one.globalDefault ?? false,
    ageOf(one, nowMs),
    one.preemptionPolicy ?? '',
  ]),
};

export const controllerRevisionRules: KindParts<ControllerRevision> = {
  validate: ({ data, revision }) => [
    ...(data === undefined || data === null ? [requiredField('data', 'data is mandatory')] : []),
    ...checkNonNegative('revision', revision),
  ],
  validateUpdate: (one, old) => [
    ...checkNonNegative('revision', one.revision),
    ...(jsonEqual(one.data, old.data) ? [] : [invalidField('data', one.data ?? null, 'field is immutable')]),
  ],
  table: defineTable<ControllerRevision>('Name*,Controller,Revision,Age', (one, nowMs) => {
    const owner = one.metadata?.ownerReferences?.find((reference) => reference.controller === true);
    const group = owner?.apiVersion.includes('/') ? `.${owner.apiVersion.split('/')[0]}` : '';
    const shown = owner === undefined ? '<none>' : `${owner.kind.toLowerCase()}${group}/${owner.name}`;
    return [nameOf(one), shown, one.revision, ageOf(one, nowMs)];
  }),
};

interface PodTemplate extends KubeObject {
  template?: PodTemplateSpec;
}

export const podTemplateRules: KindParts<PodTemplate> = {
  countsGeneration: true,
  returnsDeleted: true,
  default: ({ template }) => {
    if (template !== undefined) defaultPodTemplate(template);
  },
  validate: ({ template }) => (template === undefined ? [] : checkPodTemplate('template', template)),
  review: (one, _, lookup) => reviewTemplate(one, one.template, lookup),
  warnings: ({ template }) => templateWarnings('template', template),
  table: defineTable<PodTemplate>('Name*,Containers,Images,Pod Labels', (one) => [
    nameOf(one),
    ...containerCells(one.template?.spec),
    formatSelector({ matchLabels: one.template?.metadata?.labels ?? {} }),
  ]),
};

interface ReplicationController extends KubeObject {
  spec?: { replicas?: number; selector?: Record<string, string>; template?: PodTemplateSpec };
  status?: { replicas?: number; readyReplicas?: number };
}

export const replicationControllerRules: KindParts<ReplicationController> = {
  countsGeneration: true,
  review: (one, _, lookup) => reviewTemplate(one, one.spec?.template, lookup),
  default(one) {
    const { spec } = one;
    if (spec === undefined) return;
    spec.replicas ??= 1;
    if (spec.template === undefined) return;
    defaultPodTemplate(spec.template);
    const labels = spec.template.metadata?.labels;
    if (labels !== undefined) spec.selector ??= { ...labels };
    if (labels !== undefined && one.metadata !== undefined) one.metadata.labels ??= { ...labels };
  },
  validate: ({ spec }) => [
    ...checkNonNegative('spec.replicas', spec?.replicas),
    ...(spec?.selector === undefined ? [requiredField('spec.selector')] : []),
    ...(spec?.template === undefined
      ? [requiredField('spec.template')]
      : [
          ...(selects(spec.selector, spec.template.metadata?.labels) ? [] : [mismatch(spec.template)]),
          ...checkPodTemplate('spec.template', spec.template),
        ]),
  ],
  selectableFields: ({ status }) => ({ 'status.replicas': String(status?.replicas ?? 0) }),
  table: defineTable<ReplicationController>(
    'Name*,Desired:integer,Current:integer,Ready:integer,Age,+Containers,+Images,+Selector',
    (one, nowMs) => [
      nameOf(one),
      one.spec?.replicas ?? 0,
      one.status?.replicas ?? 0,
      one.status?.readyReplicas ?? 0,
      ageOf(one, nowMs),
      ...containerCells(one.spec?.template?.spec),
      formatSelector({ matchLabels: one.spec?.selector ?? {} }),
    ],
  ),
};

function selects(selector: Record<string, string> = {}, labels: Record<string, string> = {}): boolean {
  return Object.entries(selector).every(([key, value]) => labels[key] === value);
}

function mismatch({ metadata }: PodTemplateSpec): FieldError {
  const why = '`selector` does not match template `labels`';
  return invalidField('spec.template.metadata.labels', metadata?.labels ?? null, why);
}
