import { type FieldError, forbiddenField, invalidField, requiredField } from '@croft/api/field-error';
import type { KubeObject } from '@croft/api/object';
import { checkNonNegative, checkOneOf, invalidFor } from '../check.ts';
import { ageOf, defineTable, nameOf } from '../columns.ts';
import type { KindParts } from '../define.ts';
import { pathSegmentErrors } from '../rbac/roles.ts';

interface Target {
  type?: string;
  value?: string;
  averageValue?: string;
  averageUtilization?: number;
}

interface MetricSource {
  name?: string;
  container?: string;
  target?: Target;
  metric?: { name?: string };
  describedObject?: { kind?: string; name?: string };
}

export interface Metric {
  type?: string;
  object?: MetricSource;
  pods?: MetricSource;
  resource?: MetricSource;
  containerResource?: MetricSource;
  external?: MetricSource;
}

interface ScalingRules {
  stabilizationWindowSeconds?: number;
  selectPolicy?: string;
  policies?: { type?: string; value?: number; periodSeconds?: number }[];
  tolerance?: string;
}

interface CurrentMetric {
  type?: string;
  resource?: { name?: string; current?: { averageUtilization?: number; averageValue?: string } };
}

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
  const errors: FieldError[] = [];
  for (const field of ['kind', 'name'] as const) {
    const value = target[field];
    if (!value) errors.push(requiredField(`${path}.${field}`));
    else errors.push(...invalidFor(`${path}.${field}`, value, pathSegmentErrors(value)));
  }
  const version = target.apiVersion ?? '';
  if (!version.includes('/')) errors.push(...needGroup(`${path}.apiVersion`, version, target.kind));
  return errors;
}

/** Only ReplicationControllers are in the core group and can be scaled. */
function needGroup(path: string, version: string, kind: string | undefined): FieldError[] {
  if (version === 'v1' && kind === 'ReplicationController') return [];
  return [invalidField(path, version, 'apiVersion must specify API group')];
}

const sources: Readonly<Record<string, keyof Metric>> = {
  ContainerResource: 'containerResource',
  External: 'external',
  Object: 'object',
  Pods: 'pods',
  Resource: 'resource',
};

function checkMetric(path: string, metric: Metric): FieldError[] {
  const type = metric.type ?? '';
  if (type === '') return [requiredField(`${path}.type`, 'must specify a metric source type')];
  const field = sources[type];
  if (field === undefined) {
    // Kubernetes looks at the type twice.
    const fault = checkOneOf(`${path}.type`, type, Object.keys(sources));
    return [...fault, ...fault];
  }
  const source = metric[field] as MetricSource | undefined;
  const others = Object.values(sources).filter((name) => name !== field && metric[name] !== undefined);
  if (source === undefined) {
    return [requiredField(`${path}.${field}`, 'must populate information for the given metric source')];
  }
  return [
    ...others.map((name) => forbiddenField(`${path}.${name}`, 'must populate the given metric source only')),
    ...checkSource(`${path}.${field}`, field, source),
  ];
}

function checkSource(path: string, field: keyof Metric, source: MetricSource): FieldError[] {
  const errors: FieldError[] = [];
  const resource = field === 'resource' || field === 'containerResource';
  if (field === 'containerResource' && !source.container)
    errors.push(requiredField(`${path}.container`, 'must specify a container'));
  if (resource && !source.name) errors.push(requiredField(`${path}.name`, 'must specify a resource name'));
  if (!resource && !source.metric?.name)
    errors.push(requiredField(`${path}.metric.name`, 'must specify a metric name'));
  return [...errors, ...checkTarget(`${path}.target`, source.target ?? {}, resource)];
}

function checkTarget(path: string, target: Target, resource: boolean): FieldError[] {
  const errors: FieldError[] = [];
  const type = target.type ?? '';
  if (type === '') errors.push(requiredField(`${path}.type`, 'must specify a metric target type'));
  else errors.push(...checkOneOf(`${path}.type`, type, ['AverageValue', 'Utilization', 'Value']));
  const { averageUtilization, averageValue, value } = target;
  if (averageUtilization !== undefined && averageUtilization < 1) {
    errors.push(invalidField(`${path}.averageUtilization`, averageUtilization, 'must be greater than 0'));
  }
  if (resource && averageUtilization === undefined && averageValue === undefined) {
    const rule = 'must set either a target raw value or a target utilization';
    errors.push(requiredField(`${path}.averageUtilization`, rule));
  } else if (resource && averageUtilization !== undefined && averageValue !== undefined) {
    const rule = 'may not set both a target raw value and a target utilization';
    errors.push(forbiddenField(`${path}.averageValue`, rule));
  } else if (!resource && averageValue === undefined && value === undefined) {
    errors.push(requiredField(`${path}.averageValue`, 'must set either a target value or averageValue'));
  }
  return errors;
}

function checkScaling(path: string, rules: ScalingRules): FieldError[] {
  const { stabilizationWindowSeconds: window, selectPolicy, policies = [] } = rules;
  const errors = checkNonNegative(`${path}.stabilizationWindowSeconds`, window);
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
  const field = sources[metric.type ?? ''];
  const source = field === undefined ? undefined : (metric[field] as MetricSource | undefined);
  const target = source?.target ?? {};
  const now = current?.resource?.current;
  if (field === 'resource' || field === 'containerResource') {
    const name = field === 'resource' ? source?.name : `${source?.container}/${source?.name}`;
    if (target.averageValue !== undefined) return `${name}: ${now?.averageValue ?? '<unknown>'}/${target.averageValue}`;
    const used = now?.averageUtilization === undefined ? '<unknown>' : `${now.averageUtilization}%`;
    return `${name}: ${used}/${target.averageUtilization ?? '<auto>'}${target.averageUtilization === undefined ? '' : '%'}`;
  }
  const wanted =
    target.averageValue === undefined ? target.value : `${target.averageValue}${field === 'pods' ? '' : ' (avg)'}`;
  return `<unknown>/${wanted ?? ''}`;
}
