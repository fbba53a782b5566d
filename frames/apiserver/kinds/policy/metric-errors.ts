import { type FieldError, forbiddenField, invalidField, requiredField } from '@croft/api/field-error';
import { dns1123LabelErrors } from '@croft/api/names';
import { parseQuantity } from '@croft/api/quantity';
import { checkOneOf, invalidFor } from '../check.ts';
import { checkContainerResourceName } from '../pod/validate-resources.ts';
import { pathSegmentErrors } from '../rbac/roles.ts';

// pkg/apis/autoscaling/validation validateMetricSpec

interface Target {
  type?: string;
  value?: string;
  averageValue?: string;
  averageUtilization?: number;
}

export interface MetricSource {
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

type SourceName = Exclude<keyof Metric, 'type'>;

export const metricSources: Readonly<Record<string, SourceName>> = {
  ContainerResource: 'containerResource',
  External: 'external',
  Object: 'object',
  Pods: 'pods',
  Resource: 'resource',
};

/** The first source that is given is looked at; others are refused where they are not of the type. */
const order: readonly SourceName[] = ['object', 'external', 'pods', 'resource', 'containerResource'];

export function checkMetric(path: string, metric: Metric): FieldError[] {
  const type = metric.type ?? '';
  const wanted = metricSources[type];
  const given = order.filter((name) => metric[name] !== undefined);
  const [first] = given;
  // Kubernetes looks at the type twice.
  const unknown = checkOneOf(`${path}.type`, type, Object.keys(metricSources));
  const errors = [
    ...(type === '' ? [requiredField(`${path}.type`, 'must specify a metric source type')] : []),
    ...unknown,
    ...(first === undefined ? [] : checkSource(`${path}.${first}`, first, metric[first] ?? {})),
    ...unknown,
  ];
  if (wanted !== undefined && metric[wanted] === undefined) {
    errors.push(requiredField(`${path}.${wanted}`, 'must populate information for the given metric source'));
  }
  if (given.length === 1) return errors;
  const others = given.filter((name) => name !== wanted);
  return [
    ...errors,
    ...others.map((name) => forbiddenField(`${path}.${name}`, 'must populate the given metric source only')),
  ];
}

function checkSource(path: string, name: SourceName, source: MetricSource): FieldError[] {
  const target = source.target ?? {};
  const common = [...checkMetricName(`${path}.metric`, source.metric?.name), ...checkTarget(`${path}.target`, target)];
  const average = `${path}.target.averageValue`;
  const none = target.value === undefined && target.averageValue === undefined;
  switch (name) {
    case 'object':
      return [
        ...checkReference(`${path}.describedObject`, source.describedObject ?? {}),
        ...common,
        ...(none ? [requiredField(average, 'must set either a target value or averageValue')] : []),
      ];
    case 'external':
      return [...common, ...checkExternal(path, target)];
    case 'pods':
      if (target.averageValue !== undefined) return common;
      return [...common, requiredField(average, 'must specify a positive target averageValue')];
    default:
      return checkResource(path, name, source);
  }
}

function checkExternal(path: string, { value, averageValue }: Target): FieldError[] {
  if (value === undefined && averageValue === undefined) {
    const rule = 'must set either a target value for metric or a per-pod target';
    return [requiredField(`${path}.target.averageValue`, rule)];
  }
  if (value === undefined || averageValue === undefined) return [];
  const rule = 'may not set both a target value for metric and a per-pod target';
  return [forbiddenField(`${path}.target.value`, rule)];
}

function checkResource(path: string, kind: SourceName, { name, container, target = {} }: MetricSource): FieldError[] {
  const errors: FieldError[] = [];
  const inContainer = kind === 'containerResource';
  if (!name) errors.push(requiredField(`${path}.name`, 'must specify a resource name'));
  else if (inContainer) errors.push(...checkContainerResourceName(`${path}.name`, name));
  if (inContainer && !container) errors.push(requiredField(`${path}.container`, 'must specify a container'));
  else if (inContainer && container) {
    errors.push(...invalidFor(`${path}.container`, container, dns1123LabelErrors(container)));
  }
  errors.push(...checkTarget(`${path}.target`, target));
  const { averageUtilization, averageValue } = target;
  if (averageUtilization === undefined && averageValue === undefined) {
    const rule = 'must set either a target raw value or a target utilization';
    errors.push(requiredField(`${path}.target.averageUtilization`, rule));
  } else if (averageUtilization !== undefined && averageValue !== undefined) {
    const rule = 'may not set both a target raw value and a target utilization';
    errors.push(forbiddenField(`${path}.target.averageValue`, rule));
  }
  return errors;
}

function checkMetricName(path: string, name = ''): FieldError[] {
  if (name === '') return [requiredField(`${path}.name`, 'must specify a metric name')];
  return invalidFor(`${path}.name`, name, pathSegmentErrors(name));
}

/** The kind and name of what is scaled or measured. */
export function checkReference(path: string, reference: { kind?: string; name?: string }): FieldError[] {
  return (['kind', 'name'] as const).flatMap((field) => {
    const value = reference[field];
    if (!value) return [requiredField(`${path}.${field}`)];
    return invalidFor(`${path}.${field}`, value, pathSegmentErrors(value));
  });
}

function checkTarget(path: string, target: Target): FieldError[] {
  const { type = '', averageUtilization: used } = target;
  const errors: FieldError[] = [];
  if (type === '') errors.push(requiredField(`${path}.type`, 'must specify a metric target type'));
  if (!['Utilization', 'Value', 'AverageValue'].includes(type)) {
    errors.push(invalidField(`${path}.type`, type, 'must be either Utilization, Value, or AverageValue'));
  }
  for (const field of ['value', 'averageValue'] as const) {
    const amount = target[field];
    if (amount === undefined || parseQuantity(amount).nano > 0n) continue;
    errors.push(invalidField(`${path}.${field}`, amount, 'must be positive'));
  }
  if (used !== undefined && used < 1) {
    errors.push(invalidField(`${path}.averageUtilization`, used, 'must be greater than 0'));
  }
  return errors;
}
