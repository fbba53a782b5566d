import { type FieldSpec, fieldSpec } from './field-spec.ts';

const containers: Readonly<Record<string, string>> = {
  CronJob: 'spec/jobTemplate/spec/template/spec',
  DaemonSet: 'spec/template/spec',
  Deployment: 'spec/template/spec',
  Job: 'spec/template/spec',
  Pod: 'spec',
  ReplicaSet: 'spec/template/spec',
  StatefulSet: 'spec/template/spec',
};

const inContainer = ['args', 'command', 'env/value', 'volumeMounts/mountPath'];

/** Where `$(NAME)` is replaced by a variable's value. */
export const variableSpecs: readonly FieldSpec[] = [
  ...Object.entries(containers).flatMap(([kind, root]) =>
    ['containers', 'initContainers'].flatMap((list) =>
      inContainer.map((path) => fieldSpec(kind, `${root}/${list}/${path}`)),
    ),
  ),
  fieldSpec('CronJob', 'spec/jobTemplate/spec/template/volumes/nfs/server'),
  ...['DaemonSet', 'Deployment', 'Job', 'ReplicaSet'].map((kind) =>
    fieldSpec(kind, 'spec/template/spec/volumes/nfs/server'),
  ),
  fieldSpec('Deployment', 'spec/template/metadata/annotations'),
  fieldSpec('Ingress', 'spec/rules/host'),
  fieldSpec('Ingress', 'spec/tls/hosts'),
  fieldSpec('Ingress', 'spec/tls/secretName'),
  fieldSpec('Pod', 'spec/volumes/nfs/server'),
  fieldSpec('Service', 'spec/ports/port'),
  fieldSpec('Service', 'spec/ports/targetPort'),
  fieldSpec('StatefulSet', 'spec/volumeClaimTemplates/spec/nfs/server'),
  fieldSpec('PersistentVolume', 'spec/nfs/server'),
  fieldSpec('', 'metadata/labels'),
  fieldSpec('', 'metadata/annotations'),
];
