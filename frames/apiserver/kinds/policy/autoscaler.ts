import { type FieldError, forbiddenField, invalidField, requiredField } from '@croft/api/field-error';
import type { KubeObject } from '@croft/api/object';
import { parseQuantity } from '@croft/api/quantity';
import { checkOneOf } from '../check.ts';
import { ageOf, defineTable, nameOf } from '../columns.ts';
import type { KindParts } from '../define.ts';
import { checkMetric, checkReference, type Metric, metricSources } from './metric-errors.ts';

interface ScalingRules {
  stabilizationWindowSeconds?: number;
  selectPolicy?: string;
  policies?: { type?: string; value?: number; periodSeconds?: number }[];
  tolerance?: string;
}

interface CurrentSource {
  name?: string;
  current?: { averageUtilization?: number; averageValue?: string; value?: string };
}

type CurrentMetric = { type?: string } & { [Name in Exclude<keyof Metric, 'type'>]?: CurrentSource };

export interface Autoscaler extends KubeObject {
  spec?: {
    scaleTargetRef?: { kind?: string; name?: string; apiVersion?: string };
    minReplicas?: number;
    maxReplicas?: number;
    metrics?: Metric[];
    behavior?: { scaleUp?: ScalingRules; scaleDown?: ScalingRules };
  };
  status?: { currentReplicas?: number; currentMetrics?: CurrentMetric[] | null };
}

export const autoscalerRules: KindParts<Autoscaler> = {
  default({ spec }) {
    if (spec === undefined) return;
    spec.minReplicas ??= 1;
    spec.metrics ??= [cpuMetric(80)];
    if (spec.behavior !== undefined) defaultBehavior(spec.behavior);
  },
  validate: checkAutoscaler,
  table: defineTable<Autoscaler>('Name*,Reference,Targets,MinPods,MaxPods,Replicas,Age', (one, nowMs) => [
    nameOf(one),
    `${one.spec?.scaleTargetRef?.kind ?? ''}/${one.spec?.scaleTargetRef?.name ?? ''}`,
    formatTargets(one),
    one.spec?.minReplicas === undefined ? '<unset>' : String(one.spec.minReplicas),
    one.spec?.maxReplicas ?? 0,
    one.status?.currentReplicas ?? 0,
    ageOf(one, nowMs),
  ]),
};

export function cpuMetric(averageUtilization: number): Metric {
  return { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } } };
}

function defaultBehavior(behavior: { scaleUp?: ScalingRules; scaleDown?: ScalingRules }): void {
  behavior.scaleUp = {
    stabilizationWindowSeconds: 0,
    selectPolicy: 'Max',
    policies: [
      { type: 'Pods', value: 4, periodSeconds: 15 },
      { type: 'Percent', value: 100, periodSeconds: 15 },
    ],
    ...behavior.scaleUp,
  };
  behavior.scaleDown = {
    selectPolicy: 'Max',
    policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
    ...behavior.scaleDown,
  };
}

export function checkAutoscaler({ spec = {} }: Autoscaler): FieldError[] {
  const { minReplicas, maxReplicas = 0, metrics = [] } = spec;
  const errors: FieldError[] = [];
  if (minReplicas !== undefined && minReplicas < 1) {
    errors.push(invalidField('spec.minReplicas', minReplicas, 'must be greater than or equal to 1'));
  }
  if (maxReplicas < 1) errors.push(requiredField('spec.maxReplicas', 'must be set and greater than 0'));
  if (minReplicas !== undefined && maxReplicas < minReplicas) {
    errors.push(invalidField('spec.maxReplicas', maxReplicas, 'must be greater than or equal to `minReplicas`'));
  }
  errors.push(...checkScaleTarget('spec.scaleTargetRef', spec.scaleTargetRef ?? {}));
  errors.push(...metrics.flatMap((metric, index) => checkMetric(`spec.metrics[${index}]`, metric)));
  const scalesToZero = metrics.some((metric) => metric.type === 'Object' || metric.type === 'External');
  if (minReplicas === 0 && !scalesToZero) {
    const rule = 'must specify at least one Object or External metric to support scaling to zero replicas';
    errors.push(forbiddenField('spec.metrics', rule));
  }
  for (const side of ['scaleUp', 'scaleDown'] as const) {
    const rules = spec.behavior?.[side];
    if (rules !== undefined) errors.push(...checkScaling(`spec.behavior.${side}`, rules));
  }
  return errors;
}

function checkScaleTarget(path: string, target: { kind?: string; name?: string; apiVersion?: string }): FieldError[] {
  const errors = checkReference(path, target);
  const version = target.apiVersion ?? '';
  return version.includes('/') ? errors : [...errors, ...needGroup(`${path}.apiVersion`, version, target.kind)];
}

/** Only ReplicationControllers are in the core group and can be scaled. */
function needGroup(path: string, version: string, kind: string | undefined): FieldError[] {
  if (version === 'v1' && kind === 'ReplicationController') return [];
  return [invalidField(path, version, 'apiVersion must specify API group')];
}

function checkScaling(path: string, rules: ScalingRules): FieldError[] {
  const { stabilizationWindowSeconds: window, selectPolicy, policies = [] } = rules;
  const errors: FieldError[] = [];
  if (window !== undefined && window < 0) {
    errors.push(invalidField(`${path}.stabilizationWindowSeconds`, window, 'must be greater than or equal to zero'));
  }
  if (window !== undefined && window > 3600) {
    errors.push(invalidField(`${path}.stabilizationWindowSeconds`, window, 'must be less than or equal to 3600'));
  }
  if (selectPolicy !== undefined) {
    errors.push(...checkOneOf(`${path}.selectPolicy`, selectPolicy, ['Disabled', 'Max', 'Min']));
  }
  if (policies.length === 0) errors.push(requiredField(`${path}.policies`, 'must specify at least one Policy'));
  policies.forEach(({ type = '', value = 0, periodSeconds = 0 }, index) => {
    const at = `${path}.policies[${index}]`;
    errors.push(...checkOneOf(`${at}.type`, type, ['Percent', 'Pods']));
    if (value <= 0) errors.push(invalidField(`${at}.value`, value, 'must be greater than zero'));
    if (periodSeconds <= 0)
      errors.push(invalidField(`${at}.periodSeconds`, periodSeconds, 'must be greater than zero'));
    if (periodSeconds > 1800) {
      errors.push(invalidField(`${at}.periodSeconds`, periodSeconds, 'must be less than or equal to 1800'));
    }
  });
  if (rules.tolerance !== undefined && parseQuantity(rules.tolerance).nano < 0n) {
    errors.push(invalidField(`${path}.tolerance`, rules.tolerance, 'must be greater than or equal to 0'));
  }
  return errors;
}

function formatTargets({ spec, status }: Autoscaler): string {
  const metrics = spec?.metrics ?? [];
  if (metrics.length === 0) return '<none>';
  const current = status?.currentMetrics ?? [];
  const shown = metrics.slice(0, 2).map((metric, index) => formatTarget(metric, current[index]));
  const more = metrics.length - 2;
  return more > 0 ? `${shown.join(', ')} + ${more} more...` : shown.join(', ');
}

function formatTarget(metric: Metric, current: CurrentMetric | undefined): string {
  const field = metricSources[metric.type ?? ''];
  const source = field === undefined ? undefined : metric[field];
  const target = source?.target ?? {};
  const now = field === undefined ? undefined : current?.[field]?.current;
  const average = `${now?.averageValue ?? '<unknown>'}/${target.averageValue}`;
  if (field === 'resource' || field === 'containerResource') {
    if (target.averageValue !== undefined) return `${source?.name}: ${average}`;
    const used = now?.averageUtilization === undefined ? '<unknown>' : `${now.averageUtilization}%`;
    const wanted = target.averageUtilization === undefined ? '<auto>' : `${target.averageUtilization}%`;
    return `${source?.name}: ${used}/${wanted}`;
  }
  if (field === 'pods') return average;
  return target.averageValue === undefined ? `${now?.value ?? '<unknown>'}/${target.value}` : `${average} (avg)`;
}
