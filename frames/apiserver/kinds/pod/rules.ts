import { type FieldError, forbiddenField } from '@croft/api/field-error';
import type { Pod, PodSpec } from '@croft/api/types';
import type { KindParts, Writable } from '../define.ts';
import { admitPod } from './admit.ts';
import { defaultPod } from './defaults.ts';
import { qualityOf } from './quality.ts';
import { checkSubresource, keepForSubresource } from './subresources.ts';
import { podTable } from './table.ts';
import { checkPodChange } from './update.ts';
import { checkImageBlanks } from './validate-container.ts';
import { checkPodSpec } from './validate-spec.ts';
import { podWarnings } from './warnings.ts';

export const podRules: KindParts<Writable<Pod>> = {
  countsGeneration: true,
  returnsDeleted: true,
  default: defaultPod,
  prepareForCreate(pod) {
    const spec = pod.spec ?? { containers: [] };
    if ((spec.terminationGracePeriodSeconds ?? 0) < 0) spec.terminationGracePeriodSeconds = 1;
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
      ...checkPodObject(spec),
      ...((spec.ephemeralContainers?.length ?? 0) > 0
        ? [forbiddenField('spec.ephemeralContainers', 'cannot be set on create')]
        : []),
      ...(spec.nodeName && (spec.schedulingGates?.length ?? 0) > 0
        ? [forbiddenField('spec.nodeName', 'cannot be set until all schedulingGates have been cleared')]
        : []),
    ];
  },
  validateUpdate: (pod, old) => [...checkPodObject(pod.spec ?? { containers: [] }), ...checkPodChange(pod, old)],
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

function checkPodObject(spec: PodSpec): FieldError[] {
  return [
    ...checkPodSpec('spec', spec, true),
    ...(spec.containers ?? []).flatMap((one, index) => checkImageBlanks(`spec.containers[${index}]`, one)),
    ...(spec.initContainers ?? []).flatMap((one, index) => checkImageBlanks(`spec.initContainers[${index}]`, one)),
  ];
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
