import { type FieldError, fieldTooLong, invalidField, requiredField, unsupportedField } from '@croft/api/field-error';
import { labelValueErrors } from '@croft/api/names';
import type { Job, LabelSelector } from '@croft/api/types';
import { jsonEqual } from '@croft/foundation/json';
import { formatDuration } from '../ages.ts';
import { checkDomainPath, checkImmutable, checkNonNegative, checkOneOf } from '../check.ts';
import { ageOf, containerCells, defineTable, nameOf } from '../columns.ts';
import type { KindParts, Writable } from '../define.ts';
import { printPodTemplate } from '../internal-form.ts';
import { checkLabelSelector, formatSelector, printSelector, selectorMatches } from '../labels.ts';
import { defaultPodTemplate } from '../pod/defaults.ts';
import { checkPodTemplate } from '../pod/validate-spec.ts';
import { changedTemplateWarnings, hostNameWarnings } from '../pod/warnings.ts';
import { reviewTemplate } from '../pod-security/admit-standard.ts';
import { checkPodFailurePolicy, checkSuccessPolicy } from './job-policy.ts';
import { checkSelectorUnchanged, printLabels } from './selector.ts';

export type JobSpec = NonNullable<Job['spec']>;

const controllerUid = 'batch.kubernetes.io/controller-uid';
const jobName = 'batch.kubernetes.io/job-name';
const oldLabels: Readonly<Record<string, string>> = { [controllerUid]: 'controller-uid', [jobName]: 'job-name' };
const maxCount = 2 ** 31 - 1;

export const jobRules: KindParts<Writable<Job>> = {
  countsGeneration: true,
  default(job) {
    if (job.spec === undefined) return;
    defaultJobSpec(job.spec);
    const labels = job.spec.template.metadata?.labels;
    if (job.metadata !== undefined && job.metadata.labels === undefined && labels !== undefined) {
      job.metadata.labels = { ...labels };
    }
  },
  prepareForCreate(job) {
    if (job.spec !== undefined && job.spec.manualSelector !== true) addOwnSelector(job, job.spec);
  },
  validate: (job) => [...(job.spec === undefined ? [] : checkJob(job, job.spec))],
  validateUpdate: (job, old) => [
    ...(job.spec === undefined ? [] : [...checkJob(job, job.spec), ...checkJobSpec('spec', job.spec)]),
    ...checkChange(job.spec, old.spec),
  ],
  review: (job, _, lookup) => reviewTemplate(job, job.spec?.template, lookup),
  warnings: (job, old) => [
    ...(old === undefined ? hostNameWarnings(nameOf(job)) : []),
    ...indexWarnings(job.spec),
    ...changedTemplateWarnings('spec.template', job.spec?.template, job, old),
  ],
  selectableFields: ({ status }) => ({ 'status.successful': String(status?.succeeded ?? 0) }),
  table: defineTable<Job>('Name*,Status,Completions,Duration,Age,+Containers,+Images,+Selector', (job, nowMs) => [
    nameOf(job),
    jobStatus(job),
    completions(job),
    duration(job, nowMs),
    ageOf(job, nowMs),
    ...containerCells(job.spec?.template.spec),
    formatSelector(job.spec?.selector),
  ]),
};

/** The status of a job can name only so many indexes. */
export function indexWarnings(spec: JobSpec | undefined, path = 'spec'): string[] {
  const { completionMode, completions = 0, parallelism = 0 } = spec ?? {};
  if (completionMode !== 'Indexed' || completions <= 100_000 || parallelism <= 10_000) return [];
  return [
    `${path}: In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail`,
  ];
}

export function defaultJobSpec(spec: JobSpec): void {
  if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1;
  spec.parallelism ??= 1;
  spec.backoffLimit ??= spec.backoffLimitPerIndex === undefined ? 6 : maxCount;
  spec.completionMode ??= 'NonIndexed';
  spec.suspend ??= false;
  spec.podReplacementPolicy ??= spec.podFailurePolicy === undefined ? 'TerminatingOrFailed' : 'Failed';
  spec.manualSelector ??= false;
  for (const rule of spec.podFailurePolicy?.rules ?? []) {
    for (const pattern of rule.onPodConditions ?? []) pattern.status ??= 'True';
  }
  defaultPodTemplate(spec.template);
}

/** The uid of the job marks its pods, so that no other job's selector finds them. */
function addOwnSelector(job: Job, spec: JobSpec): void {
  const uid = job.metadata?.uid ?? '';
  const values: Readonly<Record<string, string>> = { [controllerUid]: uid, [jobName]: nameOf(job) };
  const template = spec.template;
  const labels = { ...template.metadata?.labels };
  for (const [key, value] of Object.entries(values)) {
    labels[key] ??= value;
    labels[oldLabels[key] ?? key] ??= value;
  }
  template.metadata = { ...template.metadata, labels };
  const selector = { ...spec.selector };
  selector.matchLabels = { ...selector.matchLabels };
  if (selector.matchLabels[controllerUid] === undefined) selector.matchLabels[controllerUid] = uid;
  spec.selector = selector;
  // Labels that are refused in the template are not refused a second time here.
  const fits = Object.values(labels).every((value) => labelValueErrors(value).length === 0);
  if (fits && job.metadata !== undefined && job.metadata.labels === undefined) job.metadata.labels = { ...labels };
}

function checkJob(job: Job, spec: JobSpec): FieldError[] {
  const errors = checkOwnSelector(job, spec);
  return [...errors, ...checkJobSpec('spec', spec)];
}

function checkOwnSelector(job: Job, spec: JobSpec): FieldError[] {
  if (spec.manualSelector === true) return [];
  const labels = spec.template.metadata?.labels ?? {};
  const uid = job.metadata?.uid ?? '';
  const errors: FieldError[] = [];
  const mustHave = (key: string, value: string) => {
    if (labels[key] === undefined) {
      const rule = `must be '${value}'`;
      errors.push(requiredField(`spec.template.metadata.labels[${key}]`, rule));
    } else if (labels[key] !== value) {
      errors.push(invalidField(`spec.template.metadata.labels[${key}]`, printLabels(labels), `must be '${value}'`));
    }
  };
  mustHave('controller-uid', uid);
  mustHave('job-name', nameOf(job));
  const wanted: LabelSelector = { matchLabels: { [controllerUid]: uid } };
  const legacy: LabelSelector = { matchLabels: { 'controller-uid': uid } };
  if (!jsonEqual(spec.selector, wanted) && !jsonEqual(spec.selector, legacy)) {
    errors.push(invalidField('spec.selector', printSelector(spec.selector), '`selector` not auto-generated'));
  }
  return errors;
}

/** The rules of a job with a selector of its own, whether made by the server or by hand. */
function checkJobSpec(path: string, spec: JobSpec): FieldError[] {
  const errors = checkSharedSpec(path, spec);
  const selector = spec.selector;
  if (selector === undefined) errors.push(requiredField(`${path}.selector`));
  else errors.push(...checkLabelSelector(`${path}.selector`, selector));
  const labels = spec.template.metadata?.labels;
  if (!selectorMatches(selector, labels ?? {})) {
    const rule = '`selector` does not match template `labels`';
    errors.push(invalidField(`${path}.template.metadata.labels`, printLabels(labels), rule));
  }
  return errors;
}

/** The rules of a job, also inside a CronJob, where it has no selector yet. */
export function checkSharedSpec(path: string, spec: JobSpec): FieldError[] {
  const numbers = [
    'parallelism',
    'completions',
    'activeDeadlineSeconds',
    'backoffLimit',
    'ttlSecondsAfterFinished',
    'backoffLimitPerIndex',
    'maxFailedIndexes',
  ] as const;
  return [
    ...numbers.flatMap((name) => checkNonNegative(`${path}.${name}`, spec[name])),
    ...(spec.maxFailedIndexes !== undefined && spec.backoffLimitPerIndex === undefined
      ? [requiredField(`${path}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified')]
      : []),
    ...checkManager(`${path}.managedBy`, (spec as { managedBy?: string }).managedBy),
    ...checkIndexes(path, spec),
    ...checkPodFailurePolicy(path, spec),
    ...checkSuccessPolicy(`${path}.successPolicy`, spec),
    ...checkReplacement(`${path}.podReplacementPolicy`, spec),
    ...checkPodTemplate(`${path}.template`, spec.template),
    ...checkRestartPolicy(`${path}.template.spec.restartPolicy`, spec),
  ];
}

function checkManager(path: string, name: string | undefined): FieldError[] {
  if (name === undefined) return [];
  return [...checkDomainPath(path, name), ...(name.length > 63 ? [fieldTooLong(path, 63)] : [])];
}

/** A job that tells failures apart replaces pods only when they have failed. */
function checkReplacement(path: string, { podReplacementPolicy: policy, podFailurePolicy }: JobSpec): FieldError[] {
  const supported = podFailurePolicy === undefined ? ['Failed', 'TerminatingOrFailed'] : ['Failed'];
  return policy === undefined ? [] : checkOneOf(path, policy, supported);
}

function checkIndexes(path: string, spec: JobSpec): FieldError[] {
  const errors: FieldError[] = [];
  const { completionMode: mode, completions: count, parallelism = 0 } = spec;
  if (mode !== undefined && mode !== 'NonIndexed' && mode !== 'Indexed') {
    errors.push(unsupportedField(`${path}.completionMode`, mode, ['NonIndexed', 'Indexed']));
  }
  if (mode === 'Indexed') {
    const rule = `when completion mode is Indexed`;
    if (count === undefined) errors.push(requiredField(`${path}.completions`, rule));
    if (parallelism > 100_000) {
      const limit = `must be less than or equal to 100000 when completion mode is Indexed`;
      errors.push(invalidField(`${path}.parallelism`, parallelism, limit));
    }
    errors.push(...checkMany(path, spec));
  } else if (mode === undefined || mode === 'NonIndexed') {
    const rule = 'requires indexed completion mode';
    if (spec.backoffLimitPerIndex !== undefined) {
      errors.push(invalidField(`${path}.backoffLimitPerIndex`, spec.backoffLimitPerIndex, rule));
    }
    if (spec.maxFailedIndexes !== undefined) {
      errors.push(invalidField(`${path}.maxFailedIndexes`, spec.maxFailedIndexes, rule));
    }
  }
  return errors;
}

/** How many indexes may fail, and how many there may be when each is counted on its own. */
function checkMany(path: string, spec: JobSpec): FieldError[] {
  const { completions = 0, parallelism = 0, maxFailedIndexes: failed, backoffLimitPerIndex } = spec;
  const errors: FieldError[] = [];
  const at = `${path}.maxFailedIndexes`;
  if (failed !== undefined && spec.completions !== undefined && failed > completions) {
    errors.push(invalidField(at, failed, 'must be less than or equal to completions'));
  }
  if ((failed ?? 0) > 100_000) errors.push(invalidField(at, failed, 'must be less than or equal to 100000'));
  if (completions <= 100_000 || backoffLimitPerIndex === undefined) return errors;
  const limit =
    'must be less than or equal to 10000 when completions are above 100000 and used with backoff limit per index';
  if (failed === undefined) errors.push(requiredField(at, 'must be specified when completions is above 100000'));
  if (parallelism > 10_000) errors.push(invalidField(`${path}.parallelism`, parallelism, limit));
  return (failed ?? 0) > 10_000 ? [...errors, invalidField(at, failed, limit)] : errors;
}

function checkRestartPolicy(path: string, { template, podFailurePolicy }: JobSpec): FieldError[] {
  const policy = template.spec?.restartPolicy ?? '';
  if (policy === '' || policy === 'Always') return [requiredField(path, 'valid values: "OnFailure", "Never"')];
  if (policy !== 'OnFailure' && policy !== 'Never') return [unsupportedField(path, policy, ['OnFailure', 'Never'])];
  if (podFailurePolicy === undefined || policy === 'Never') return [];
  return [invalidField(path, policy, 'only "Never" is supported when podFailurePolicy is specified')];
}

function checkChange(spec: JobSpec | undefined, old: JobSpec | undefined): FieldError[] {
  const errors: FieldError[] = [];
  if (spec?.completionMode !== 'Indexed' || spec.completions === undefined) {
    errors.push(...checkImmutable('spec.completions', spec?.completions, old?.completions));
  } else if (spec.completions !== old?.completions && spec.completions !== spec.parallelism) {
    const rule = 'can only be modified in tandem with spec.parallelism';
    errors.push(invalidField('spec.completions', spec.completions, rule));
  }
  errors.push(...checkSelectorUnchanged('spec.selector', spec?.selector, old?.selector));
  if (!jsonEqual(comparableTemplate(spec, old), old?.template)) {
    errors.push(invalidField('spec.template', printPodTemplate(spec?.template), 'field is immutable'));
  }
  for (const name of fixedFields) {
    errors.push(...checkImmutable(`spec.${name}`, spec?.[name as keyof JobSpec], old?.[name as keyof JobSpec]));
  }
  return errors;
}

const fixedFields = ['completionMode', 'podFailurePolicy', 'backoffLimitPerIndex', 'managedBy', 'successPolicy'];

/** A suspended job that has not started may still be told where its pods go. */
function comparableTemplate(spec: JobSpec | undefined, old: JobSpec | undefined): unknown {
  if (spec === undefined || old === undefined || old.suspend !== true) return spec?.template;
  const now = spec.template.spec;
  const before = old.template.spec;
  if (now === undefined || before === undefined) return spec.template;
  const merged = { ...now } as Record<string, unknown>;
  for (const name of ['affinity', 'nodeSelector', 'tolerations', 'schedulingGates'] as const) {
    if (before[name] === undefined) delete merged[name];
    else merged[name] = before[name];
  }
  return { ...spec.template, metadata: old.template.metadata, spec: merged };
}

function jobStatus(job: Job): string {
  const holds = (type: string) =>
    job.status?.conditions?.some((one) => one.type === type && one.status === 'True') ?? false;
  if (holds('Complete')) return 'Complete';
  if (holds('Failed')) return 'Failed';
  if (job.metadata?.deletionTimestamp !== undefined) return 'Terminating';
  if (holds('Suspended')) return 'Suspended';
  if (holds('FailureTarget')) return 'FailureTarget';
  return holds('SuccessCriteriaMet') ? 'SuccessCriteriaMet' : 'Running';
}

function completions({ spec, status }: Job): string {
  const done = status?.succeeded ?? 0;
  if (spec?.completions !== undefined) return `${done}/${spec.completions}`;
  const parallelism = spec?.parallelism ?? 0;
  return parallelism > 1 ? `${done}/1 of ${parallelism}` : `${done}/1`;
}

function duration({ status }: Job, nowMs: number): string {
  const started = status?.startTime as string | undefined;
  if (started === undefined) return '';
  const failed = status?.conditions?.find((one) => one.type === 'Failed' && one.status === 'True');
  const ended = (status?.completionTime ?? failed?.lastTransitionTime) as string | undefined;
  return formatDuration((ended === undefined ? nowMs : Date.parse(ended)) - Date.parse(started));
}
