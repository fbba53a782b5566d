import type { Deployment, Job, PodTemplateSpec, StatefulSet } from '@croft/api/types';

export function template(image = 'web:1', more: Partial<NonNullable<PodTemplateSpec['spec']>> = {}): PodTemplateSpec {
  return { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image }], ...more } };
}

const selector = { matchLabels: { app: 'web' } };

export function deployment(spec: Partial<NonNullable<Deployment['spec']>> = {}): Deployment {
  return { metadata: { name: 'web', namespace: 'apps' }, spec: { selector, template: template(), ...spec } };
}

export function statefulSet(spec: Partial<NonNullable<StatefulSet['spec']>> = {}): StatefulSet {
  return {
    metadata: { name: 'db', namespace: 'apps' },
    spec: { selector, serviceName: 'db', template: template(), ...spec },
  };
}

export function job(spec: Partial<NonNullable<Job['spec']>> = {}): Job {
  const pod = { spec: { containers: [{ name: 'c', image: 'x' }], restartPolicy: 'Never' } };
  return { metadata: { name: 'j', namespace: 'apps' }, spec: { template: pod, ...spec } };
}
