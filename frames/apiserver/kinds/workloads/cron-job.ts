import { type FieldError, invalidField, requiredField } from '@croft/api/field-error';
import { dns1123SubdomainErrors } from '@croft/api/names';
import type { CronJob } from '@croft/api/types';
import { formatAge } from '../ages.ts';
import { checkChoice, checkNonNegative } from '../check.ts';
import { ageOf, containerCells, defineTable, nameOf } from '../columns.ts';
import type { KindParts, Writable } from '../define.ts';
import { formatSelector, printSelector } from '../labels.ts';
import { changedTemplateWarnings, hostNameWarnings } from '../pod/warnings.ts';
import { reviewTemplate } from '../pod-security/admit-standard.ts';
import { cronScheduleError } from './cron-schedule.ts';
import { checkSharedSpec, defaultJobSpec, indexWarnings } from './job.ts';

type Spec = NonNullable<CronJob['spec']>;

export const cronJobRules: KindParts<Writable<CronJob>> = {
  countsGeneration: true,
  validateName(name) {
    const errors = dns1123SubdomainErrors(name);
    return name.length > 52 ? [...errors, 'must be no more than 52 characters'] : errors;
  },
  default({ spec }) {
    if (spec === undefined) return;
    spec.concurrencyPolicy ??= 'Allow';
    spec.suspend ??= false;
    spec.successfulJobsHistoryLimit ??= 3;
    spec.failedJobsHistoryLimit ??= 1;
    const job = spec.jobTemplate?.spec;
    if (job !== undefined) defaultCronJobTemplate(job);
  },
  validate: ({ spec }) => (spec === undefined ? [] : checkSpec('spec', spec)),
  review: (cronJob, _, lookup) => reviewTemplate(cronJob, cronJob.spec?.jobTemplate?.spec?.template, lookup),
  warnings: (cronJob, old) => [
    ...(old === undefined ? hostNameWarnings(nameOf(cronJob)) : []),
    ...indexWarnings(cronJob.spec?.jobTemplate.spec, 'spec.jobTemplate.spec'),
    ...changedTemplateWarnings(
      'spec.jobTemplate.spec.template',
      cronJob.spec?.jobTemplate.spec?.template,
      cronJob,
      old,
    ),
  ],
  table: defineTable<CronJob>(
    'Name*,Schedule,Timezone,Suspend,Active:integer,Last Schedule,Age,+Containers,+Images,+Selector',
    (cronJob, nowMs) => {
      const { spec, status } = cronJob;
      const last = status?.lastScheduleTime as string | undefined;
      return [
        nameOf(cronJob),
        spec?.schedule ?? '',
        spec?.timeZone ?? '<none>',
        formatBoolean(spec?.suspend),
        status?.active?.length ?? 0,
        last === undefined ? '<none>' : formatAge(last, nowMs),
        ageOf(cronJob, nowMs),
        ...containerCells(spec?.jobTemplate.spec?.template.spec),
        formatSelector(spec?.jobTemplate.spec?.selector),
      ];
    },
  ),
};

/** A template is no Job yet: only its pods get their defaults. */
function defaultCronJobTemplate(spec: NonNullable<Spec['jobTemplate']['spec']>): void {
  const before = new Set(Object.keys(spec));
  defaultJobSpec(spec);
  const target = spec as unknown as Record<string, unknown>;
  for (const name of Object.keys(target)) if (!before.has(name)) delete target[name];
}

const formatBoolean = (value: boolean | undefined) => (value === undefined ? '<unset>' : value ? 'True' : 'False');

function checkSpec(path: string, spec: Spec): FieldError[] {
  const template = `${path}.jobTemplate.spec`;
  const job = spec.jobTemplate.spec;
  return [
    ...checkSchedule(path, spec),
    ...checkNonNegative(`${path}.startingDeadlineSeconds`, spec.startingDeadlineSeconds),
    ...checkChoice(`${path}.concurrencyPolicy`, spec.concurrencyPolicy, ['Allow', 'Forbid', 'Replace']),
    ...(job === undefined ? [] : checkSharedSpec(template, job)),
    ...(job?.selector === undefined
      ? []
      : [invalidField(`${template}.selector`, printSelector(job.selector), '`selector` will be auto-generated')]),
    ...(job?.manualSelector === true
      ? [
          {
            type: 'FieldValueNotSupported' as const,
            field: `${template}.manualSelector`,
            badValue: true,
            detail: 'supported values: "nil", "false"',
          },
        ]
      : []),
    ...checkNonNegative(`${path}.successfulJobsHistoryLimit`, spec.successfulJobsHistoryLimit),
    ...checkNonNegative(`${path}.failedJobsHistoryLimit`, spec.failedJobsHistoryLimit),
  ];
}

function checkSchedule(path: string, { schedule, timeZone }: Spec): FieldError[] {
  const field = `${path}.schedule`;
  const errors: FieldError[] = [];
  if ((schedule ?? '') === '') errors.push(requiredField(field));
  else {
    const named = /TZ/.test(schedule);
    if (named) {
      const rule = 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead';
      errors.push(invalidField(field, schedule, rule));
    }
    const fault = named ? undefined : cronScheduleError(schedule);
    if (fault !== undefined) errors.push(invalidField(field, schedule, fault));
  }
  return timeZone === undefined ? errors : [...errors, ...checkTimeZone(`${path}.timeZone`, timeZone)];
}

function checkTimeZone(path: string, zone: string): FieldError[] {
  if (zone === '') return [invalidField(path, zone, 'timeZone must be nil or non-empty string')];
  if (zone.toLowerCase() === 'local')
    return [
      invalidField(path, zone, 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones'),
    ];
  return isTimeZone(zone) ? [] : [invalidField(path, zone, `unknown time zone ${zone}`)];
}

/** A name of the time zone database as it is written there; offsets such as `+02:00` are none. */
function isTimeZone(zone: string): boolean {
  if (!/^[A-Za-z]/.test(zone)) return false;
  try {
    const known = new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone;
    return known === zone || known.toLowerCase() !== zone.toLowerCase();
  } catch {
    return false;
  }
}
