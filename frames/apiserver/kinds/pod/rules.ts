import { type FieldError, forbiddenField } from '@croft/api/field-error';
import type { Pod, PodSpec } from '@croft/api/types';
import type { KindParts, Writable } from '../define.ts';
import { reviewPod } from '../pod-security/admit-standard.ts';
import { admitPod } from './admit.ts';
import { defaultPod } from './defaults.ts';
import { qualityOf } from './quality.ts';
import { checkSubresource, keepForSubresource } from './subresources.ts';
import { podTable } from './table.ts';
import { checkPodChange } from './update.ts';
import { checkImageBlanks } from './validate-container.ts';
import { appArmorPrefix, checkPodAnnotations, checkProfiles } from './validate-pod-annotations.ts';
import { checkPodSpec } from './validate-spec.ts';
import { podWarnings } from './warnings.ts';

export const podRules: KindParts<Writable<Pod>> = {
  countsGeneration: true,
  returnsDeleted: true,
  default: defaultPod,
  prepareForCreate(pod) {
    const spec = pod.spec ?? { containers: [] };
    if ((spec.terminationGracePeriodSeconds ?? 0) < 0) spec.terminationGracePeriodSeconds = 1;
    noteAppArmor(pod, spec);
    pod.status = { phase: 'Pending', qosClass: qualityOf(spec) };
    if ((spec.schedulingGates?.length ?? 0) > 0) pod.status.conditions = [gatedCondition()];
  },
  prepareForStatusUpdate(pod, old) {
    const status = pod.status ?? {};
    status.qosClass = old.status?.qosClass ?? qualityOf(old.spec ?? { containers: [] });
    if (old.spec !== undefined) pod.spec = old.spec;
    pod.status = status;
  },
  prepareForSubresourceUpdate: keepForSubresource,
  validateSubresourceUpdate: checkSubresource,
  admit: admitPod,
  validate(pod) {
    const spec = pod.spec ?? { containers: [] };
    return [
      ...checkPodObject(pod),
      ...((spec.ephemeralContainers?.length ?? 0) > 0
        ? [forbiddenField('spec.ephemeralContainers', 'cannot be set on create')]
        : []),
      ...(spec.nodeName && (spec.schedulingGates?.length ?? 0) > 0
        ? [forbiddenField('spec.nodeName', 'cannot be set until all schedulingGates have been cleared')]
        : []),
      ...checkProfiles('spec', pod.metadata?.annotations, spec),
    ];
  },
  validateUpdate: (pod, old) => [...checkPodObject(pod), ...checkPodChange(pod, old)],
  review: reviewPod,
  warnings: (pod, old) => (old === undefined ? podWarnings(pod) : []),
  selectableFields: (pod) => ({
    'spec.nodeName': pod.spec?.nodeName ?? '',
    'spec.restartPolicy': pod.spec?.restartPolicy ?? '',
    'spec.schedulerName': pod.spec?.schedulerName ?? '',
    'spec.serviceAccountName': pod.spec?.serviceAccountName ?? '',
    'spec.hostNetwork': String(pod.spec?.hostNetwork ?? false),
    'status.phase': pod.status?.phase ?? '',
    'status.podIP': pod.status?.podIPs?.[0]?.ip ?? '',
    'status.nominatedNodeName': pod.status?.nominatedNodeName ?? '',
  }),
  table: podTable,
};

function checkPodObject({ metadata, spec = { containers: [] } }: Pod): FieldError[] {
  return [
    ...checkPodAnnotations('metadata.annotations', metadata?.annotations, spec),
    ...checkPodSpec('spec', spec, metadata?.name ?? ''),
    ...checkOwnToken(spec),
    ...(spec.containers ?? []).flatMap((one, index) => checkImageBlanks(`spec.containers[${index}]`, one)),
    ...(spec.initContainers ?? []).flatMap((one, index) => checkImageBlanks(`spec.initContainers[${index}]`, one)),
  ];
}

/** Older nodes read the profiles of containers from annotations. */
function noteAppArmor(pod: Pod, spec: PodSpec): void {
  for (const container of [...(spec.initContainers ?? []), ...(spec.containers ?? [])]) {
    const profile = container.securityContext?.appArmorProfile ?? spec.securityContext?.appArmorProfile;
    const key = appArmorPrefix + container.name;
    const { type = '', localhostProfile } = profile ?? {};
    const names: Readonly<Record<string, string | undefined>> = {
      Unconfined: 'unconfined',
      RuntimeDefault: 'runtime/default',
      Localhost: localhostProfile === undefined ? undefined : `localhost/${localhostProfile}`,
    };
    const name = names[type];
    if (name === undefined || spec.os?.name === 'windows' || pod.metadata?.annotations?.[key] !== undefined) continue;
    pod.metadata = { ...pod.metadata, annotations: { ...pod.metadata?.annotations, [key]: name } };
  }
}

/** Without an account there is no token. */
function checkOwnToken({ serviceAccountName, volumes = [] }: PodSpec): FieldError[] {
  if (serviceAccountName) return [];
  return volumes.flatMap(({ projected }, index) =>
    (projected?.sources ?? []).flatMap(({ serviceAccountToken }, item) => {
      const field = `spec.volumes[${index}].projected.sources[${item}].serviceAccountToken`;
      const rule = 'must not be specified when serviceAccountName is not set';
      return serviceAccountToken === undefined ? [] : [forbiddenField(field, rule)];
    }),
  );
}

function gatedCondition() {
  return {
    type: 'PodScheduled',
    status: 'False',
    reason: 'SchedulingGated',
    message: 'Scheduling is blocked due to non-empty scheduling gates',
    lastProbeTime: null,
    lastTransitionTime: null,
  } as unknown as NonNullable<NonNullable<Pod['status']>['conditions']>[number];
}
