import type { KubeObject, UnknownObject } from '@croft/api/object';
import type { KindParts } from '../define.ts';
import { type Autoscaler, autoscalerRules, checkAutoscaler, cpuMetric } from './autoscaler.ts';
import type { Metric } from './metric-errors.ts';

interface OldAutoscaler extends KubeObject {
  spec?: Record<string, unknown>;
  status?: Record<string, unknown>;
}

const metricsAnnotation = 'autoscaling.alpha.kubernetes.io/metrics';
const behaviorAnnotation = 'autoscaling.alpha.kubernetes.io/behavior';

/** autoscaling/v1 knows one metric, the use of processors; the rest stands in annotations. */
export const oldAutoscalerRules: KindParts<OldAutoscaler> = {
  ...(autoscalerRules as KindParts<KubeObject>),
  default({ spec }) {
    if (spec !== undefined) spec.minReplicas ??= 1;
  },
  validate: (one) => checkAutoscaler(toCurrent(one) as Autoscaler),
  toStored: (one) => toCurrent(one),
  fromStored: fromCurrent,
};

function toCurrent(one: OldAutoscaler): UnknownObject {
  const { targetCPUUtilizationPercentage: percentage, ...spec } = one.spec ?? {};
  const { [metricsAnnotation]: more, [behaviorAnnotation]: behavior, ...annotations } = one.metadata?.annotations ?? {};
  const others = more === undefined ? [] : (JSON.parse(more) as Metric[]);
  const metrics = [...(typeof percentage === 'number' ? [cpuMetric(percentage)] : []), ...others];
  const { currentCPUUtilizationPercentage: used, ...status } = one.status ?? {};
  return {
    ...one,
    apiVersion: 'autoscaling/v2',
    metadata: withAnnotations(one.metadata ?? {}, annotations),
    spec: {
      ...spec,
      metrics: metrics.length > 0 ? metrics : [cpuMetric(80)],
      ...(behavior === undefined ? {} : { behavior: JSON.parse(behavior) as unknown }),
    },
    status: {
      desiredReplicas: 0,
      ...status,
      currentMetrics:
        typeof used === 'number'
          ? [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: used } } }]
          : null,
    },
  };
}

function fromCurrent(stored: UnknownObject): UnknownObject {
  const { spec = {}, status = {} } = stored as UnknownObject & Autoscaler;
  const { metrics = [], behavior, ...rest } = spec;
  const cpu = metrics.find((metric) => metric.resource?.name === 'cpu' && metric.resource.target?.averageUtilization);
  const others = metrics.filter((metric) => metric !== cpu);
  const { currentMetrics, ...oldStatus } = status;
  const used = currentMetrics?.find((metric) => metric.resource?.name === 'cpu')?.resource?.current?.averageUtilization;
  const annotations = {
    ...stored.metadata?.annotations,
    ...(others.length > 0 ? { [metricsAnnotation]: JSON.stringify(others) } : {}),
    ...(behavior === undefined ? {} : { [behaviorAnnotation]: JSON.stringify(behavior) }),
  };
  const percentage = cpu?.resource?.target?.averageUtilization;
  return {
    ...stored,
    apiVersion: 'autoscaling/v1',
    metadata: withAnnotations(stored.metadata ?? {}, annotations),
    spec: { ...rest, ...(percentage === undefined ? {} : { targetCPUUtilizationPercentage: percentage }) },
    status: {
      currentReplicas: 0,
      ...oldStatus,
      ...(used === undefined ? {} : { currentCPUUtilizationPercentage: used }),
    },
  };
}

function withAnnotations(
  metadata: NonNullable<KubeObject['metadata']>,
  annotations: Record<string, string>,
): NonNullable<KubeObject['metadata']> {
  const { annotations: _, ...rest } = metadata;
  return Object.keys(annotations).length === 0 ? rest : { ...rest, annotations };
}
