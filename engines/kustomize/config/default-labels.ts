import { type FieldSpec, fieldSpec } from './field-spec.ts';

const template = 'spec/template/metadata';
const jobTemplate = 'spec/jobTemplate/metadata';
const jobPodTemplate = 'spec/jobTemplate/spec/template/metadata';

export const defaultAnnotationSpecs: readonly FieldSpec[] = [
  fieldSpec('', 'metadata/annotations', true),
  fieldSpec('/v1/ReplicationController', `${template}/annotations`, true),
  ...['Deployment', 'ReplicaSet', 'DaemonSet', 'StatefulSet', 'batch/Job'].map((type) =>
    fieldSpec(type, `${template}/annotations`, true),
  ),
  fieldSpec('batch/CronJob', `${jobTemplate}/annotations`, true),
  fieldSpec('batch/CronJob', `${jobPodTemplate}/annotations`, true),
];

/** Labels of objects and of what they are templates for. */
export const templateLabelSpecs: readonly FieldSpec[] = [
  fieldSpec('', 'metadata/labels', true),
  fieldSpec('/v1/ReplicationController', `${template}/labels`, true),
  ...['Deployment', 'ReplicaSet', 'DaemonSet', 'apps/StatefulSet', 'batch/Job'].map((type) =>
    fieldSpec(type, `${template}/labels`, true),
  ),
  fieldSpec('apps/StatefulSet', 'spec/volumeClaimTemplates[]/metadata/labels', true),
  fieldSpec('batch/CronJob', `${jobTemplate}/labels`, true),
  fieldSpec('batch/CronJob', `${jobPodTemplate}/labels`, true),
];

const affinities = ['podAffinity', 'podAntiAffinity'].flatMap((kind) => [
  `affinity/${kind}/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm`,
  `affinity/${kind}/requiredDuringSchedulingIgnoredDuringExecution`,
]);
const podSelectors = [...affinities, 'topologySpreadConstraints'].map(
  (path) => `spec/template/spec/${path}/labelSelector/matchLabels`,
);

/** Labels everywhere: in objects, templates and selectors. */
export const commonLabelSpecs: readonly FieldSpec[] = [
  fieldSpec('/v1/Service', 'spec/selector', true),
  fieldSpec('/v1/ReplicationController', 'spec/selector', true),
  ...['Deployment', 'ReplicaSet', 'DaemonSet', 'apps/StatefulSet'].map((type) =>
    fieldSpec(type, 'spec/selector/matchLabels', true),
  ),
  ...['apps/Deployment', 'apps/StatefulSet'].flatMap((type) => podSelectors.map((path) => fieldSpec(type, path))),
  fieldSpec('batch/Job', 'spec/selector/matchLabels'),
  fieldSpec('batch/CronJob', 'spec/jobTemplate/spec/selector/matchLabels'),
  fieldSpec('policy/PodDisruptionBudget', 'spec/selector/matchLabels'),
  ...['spec', 'spec/ingress/from', 'spec/egress/to'].map((path) =>
    fieldSpec('networking.k8s.io/NetworkPolicy', `${path}/podSelector/matchLabels`),
  ),
  ...templateLabelSpecs,
];
