import type { Gvk } from '../resource/resource-id.ts';
import { type FieldSpec, fieldSpec, parseType } from './field-spec.ts';

/** Fields that hold the name of an object of this kind. */
export interface NameReference extends Gvk {
  readonly fields: readonly FieldSpec[];
}

function reference(target: string, fields: readonly FieldSpec[]): NameReference {
  return { ...parseType(target), fields };
}

/** Where kinds have the spec of a pod. */
const podSpecs: Readonly<Record<string, string>> = {
  '/v1/Pod': 'spec',
  PodTemplate: 'template/spec',
  Deployment: 'spec/template/spec',
  ReplicaSet: 'spec/template/spec',
  DaemonSet: 'spec/template/spec',
  StatefulSet: 'spec/template/spec',
  Job: 'spec/template/spec',
  CronJob: 'spec/jobTemplate/spec/template/spec',
};

/** The kinds in which accounts, claims and priorities are looked for. */
const workloads: Readonly<Record<string, string>> = {
  Pod: 'spec',
  StatefulSet: 'spec/template/spec',
  Deployment: 'spec/template/spec',
  ReplicationController: 'spec/template/spec',
  CronJob: 'spec/jobTemplate/spec/template/spec',
  Job: 'spec/template/spec',
  DaemonSet: 'spec/template/spec',
};

function inPods(places: Readonly<Record<string, string>>, ...paths: string[]): FieldSpec[] {
  return Object.entries(places).flatMap(([type, root]) => paths.map((path) => fieldSpec(type, `${root}/${path}`)));
}

function inContainers(path: string): string[] {
  return ['containers', 'initContainers'].map((list) => `${list}/${path}`);
}

function annotation(name: string): FieldSpec {
  return fieldSpec('Ingress', `metadata/annotations/${name.replaceAll('/', '\\/')}`);
}

const scaled = [fieldSpec('HorizontalPodAutoscaler', 'spec/scaleTargetRef/name')];
const rbac = 'rbac.authorization.k8s.io';
const ruleNames = [fieldSpec('Role', 'rules/resourceNames'), fieldSpec('ClusterRole', 'rules/resourceNames')];
const nginx = 'nginx.ingress.kubernetes.io';
const webhooks = 'admissionregistration.k8s.io';

const configMaps = reference('/v1/ConfigMap', [
  ...inPods(
    podSpecs,
    'volumes/configMap/name',
    ...inContainers('env/valueFrom/configMapKeyRef/name'),
    ...inContainers('envFrom/configMapRef/name'),
    'volumes/projected/sources/configMap/name',
  ),
  fieldSpec('Node', 'spec/configSource/configMap'),
  ...ruleNames,
  annotation(`${nginx}/fastcgi-params-configmap`),
]);

const secrets = reference('/v1/Secret', [
  ...inPods(
    podSpecs,
    'volumes/secret/secretName',
    ...inContainers('env/valueFrom/secretKeyRef/name'),
    ...inContainers('envFrom/secretRef/name'),
    'imagePullSecrets/name',
    'volumes/projected/sources/secret/name',
  ),
  fieldSpec('Ingress', 'spec/tls/secretName'),
  annotation('ingress.kubernetes.io/auth-secret'),
  annotation(`${nginx}/auth-secret`),
  annotation(`${nginx}/auth-tls-secret`),
  fieldSpec('ServiceAccount', 'imagePullSecrets/name'),
  ...['secretName', 'adminSecretName', 'userSecretName', 'secretRef'].map((name) =>
    fieldSpec('StorageClass', `parameters/${name}`),
  ),
  ...ruleNames,
  fieldSpec('serving.knative.dev/v1/Service', 'spec/template/spec/containers/env/valueFrom/secretKeyRef/name'),
  fieldSpec('PersistentVolume', 'spec/azureFile/secretName'),
]);

const services = reference('/v1/Service', [
  fieldSpec('apps/StatefulSet', 'spec/serviceName'),
  ...[
    'spec/rules/http/paths/backend/serviceName',
    'spec/backend/serviceName',
    'spec/rules/http/paths/backend/service/name',
    'spec/defaultBackend/service/name',
  ].map((path) => fieldSpec('Ingress', path)),
  fieldSpec('apiregistration.k8s.io/APIService', 'spec/service/name'),
  fieldSpec(`${webhooks}/ValidatingWebhookConfiguration`, 'webhooks/clientConfig/service'),
  fieldSpec(`${webhooks}/MutatingWebhookConfiguration`, 'webhooks/clientConfig/service'),
]);

/** Where names of other objects stand in the kinds of Kubernetes. */
export const defaultReferences: readonly NameReference[] = [
  ...['Deployment', 'ReplicationController', 'ReplicaSet', 'StatefulSet'].map((kind) => reference(kind, scaled)),
  configMaps,
  secrets,
  services,
  reference(`${rbac}/Role`, [fieldSpec(`${rbac}/RoleBinding`, 'roleRef/name')]),
  reference(`${rbac}/ClusterRole`, [
    fieldSpec(`${rbac}/RoleBinding`, 'roleRef/name'),
    fieldSpec(`${rbac}/ClusterRoleBinding`, 'roleRef/name'),
  ]),
  reference('/v1/ServiceAccount', [
    fieldSpec(`${rbac}/RoleBinding`, 'subjects'),
    fieldSpec(`${rbac}/ClusterRoleBinding`, 'subjects'),
    ...inPods(workloads, 'serviceAccountName'),
  ]),
  reference('/v1/PersistentVolumeClaim', inPods(workloads, 'volumes/persistentVolumeClaim/claimName')),
  reference('/v1/PersistentVolume', [
    fieldSpec('PersistentVolumeClaim', 'spec/volumeName'),
    fieldSpec('ClusterRole', 'rules/resourceNames'),
  ]),
  reference('storage.k8s.io/v1/StorageClass', [
    fieldSpec('PersistentVolume', 'spec/storageClassName'),
    fieldSpec('PersistentVolumeClaim', 'spec/storageClassName'),
    fieldSpec('StatefulSet', 'spec/volumeClaimTemplates/spec/storageClassName'),
  ]),
  reference('scheduling.k8s.io/v1/PriorityClass', inPods(workloads, 'priorityClassName')),
  reference('admissionregistration.k8s.io/ValidatingAdmissionPolicy', [
    fieldSpec(`${webhooks}/ValidatingAdmissionPolicyBinding`, 'spec/policyName'),
  ]),
];
