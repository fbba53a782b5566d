import { apiVersionOf } from '@croft/api/kind';
import type { KubeObject } from '@croft/api/object';
import { builtInResources } from '@croft/api/resources';
import type { KindRules } from '../kind-rules.ts';
import {
  mutatingBindingRules,
  mutatingPolicyRules,
  mutatingWebhookRules,
  validatingBindingRules,
  validatingPolicyRules,
  validatingWebhookRules,
} from './config/admission-kinds.ts';
import { configMapRules } from './config/config-map.ts';
import { eventRules, newEventRules } from './config/event.ts';
import { limitRangeRules } from './config/limit-range.ts';
import { nodeRules } from './config/node.ts';
import { resourceQuotaRules } from './config/resource-quota.ts';
import { secretRules } from './config/secret.ts';
import { signingRequestRules } from './config/signing-request.ts';
import {
  controllerRevisionRules,
  leaseRules,
  namespaceRules,
  podTemplateRules,
  priorityClassRules,
  replicationControllerRules,
  serviceAccountRules,
} from './config/small-kinds.ts';
import {
  addressRules,
  apiServiceRules,
  capacityRules,
  componentStatusRules,
  flowSchemaRules,
  namedRules,
  priorityLevelRules,
  resourceClaimRules,
  resourceSliceRules,
  runtimeClassRules,
  serviceRangeRules,
} from './config/small-tables.ts';
import { defineRules, type KindParts } from './define.ts';
import { endpointSliceRules, endpointsRules } from './network/endpoints.ts';
import { ingressRules } from './network/ingress.ts';
import { ingressClassRules } from './network/ingress-class.ts';
import { networkPolicyRules } from './network/network-policy.ts';
import { podRules } from './pod/rules.ts';
import { autoscalerRules } from './policy/autoscaler.ts';
import { disruptionBudgetRules } from './policy/disruption-budget.ts';
import { oldAutoscalerRules } from './policy/old-autoscaler.ts';
import { clusterRoleBindingRules, clusterRoleRules, roleBindingRules, roleRules } from './rbac/roles.ts';
import { serviceRules } from './service.ts';
import { claimRules } from './storage/claim.ts';
import { attachmentRules, attributesClassRules, driverNodeRules, driverRules } from './storage/driver-kinds.ts';
import { storageClassRules } from './storage/storage-class.ts';
import { persistentVolumeRules } from './storage/volume.ts';
import { cronJobRules } from './workloads/cron-job.ts';
import { daemonSetRules } from './workloads/daemon-set.ts';
import { deploymentRules } from './workloads/deployment.ts';
import { jobRules } from './workloads/job.ts';
import { replicaSetRules } from './workloads/replica-set.ts';
import { statefulSetRules } from './workloads/stateful-set.ts';

/** By `plural`, or `plural.group`. */
const parts: Readonly<Record<string, KindParts<KubeObject>>> = {
  componentstatuses: componentStatusRules,
  configmaps: configMapRules,
  endpoints: endpointsRules,
  events: eventRules,
  limitranges: limitRangeRules,
  namespaces: namespaceRules,
  nodes: nodeRules,
  persistentvolumeclaims: claimRules,
  persistentvolumes: persistentVolumeRules,
  pods: podRules,
  podtemplates: podTemplateRules,
  replicationcontrollers: replicationControllerRules,
  resourcequotas: resourceQuotaRules,
  secrets: secretRules,
  serviceaccounts: serviceAccountRules,
  services: serviceRules,
  'controllerrevisions.apps': controllerRevisionRules,
  'daemonsets.apps': daemonSetRules,
  'deployments.apps': deploymentRules,
  'replicasets.apps': replicaSetRules,
  'statefulsets.apps': statefulSetRules,
  'cronjobs.batch': cronJobRules,
  'jobs.batch': jobRules,
  'events.events.k8s.io': newEventRules,
  'horizontalpodautoscalers.autoscaling': autoscalerRules,
  'horizontalpodautoscalers.autoscaling/v1': oldAutoscalerRules,
  'poddisruptionbudgets.policy': disruptionBudgetRules,
  'ingresses.networking.k8s.io': ingressRules,
  'ingressclasses.networking.k8s.io': ingressClassRules,
  'networkpolicies.networking.k8s.io': networkPolicyRules,
  'endpointslices.discovery.k8s.io': endpointSliceRules,
  'roles.rbac.authorization.k8s.io': roleRules,
  'clusterroles.rbac.authorization.k8s.io': clusterRoleRules,
  'rolebindings.rbac.authorization.k8s.io': roleBindingRules,
  'clusterrolebindings.rbac.authorization.k8s.io': clusterRoleBindingRules,
  'storageclasses.storage.k8s.io': storageClassRules,
  'csidrivers.storage.k8s.io': driverRules,
  'csinodes.storage.k8s.io': driverNodeRules,
  'volumeattachments.storage.k8s.io': attachmentRules,
  'volumeattributesclasses.storage.k8s.io': attributesClassRules,
  'runtimeclasses.node.k8s.io': runtimeClassRules,
  'csistoragecapacities.storage.k8s.io': capacityRules,
  'flowschemas.flowcontrol.apiserver.k8s.io': flowSchemaRules,
  'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io': priorityLevelRules,
  'certificatesigningrequests.certificates.k8s.io': signingRequestRules,
  'apiservices.apiregistration.k8s.io': apiServiceRules,
  'ipaddresses.networking.k8s.io': addressRules,
  'servicecidrs.networking.k8s.io': serviceRangeRules,
  'deviceclasses.resource.k8s.io': namedRules,
  'resourceclaims.resource.k8s.io': resourceClaimRules,
  'resourceclaimtemplates.resource.k8s.io': namedRules,
  'resourceslices.resource.k8s.io': resourceSliceRules,
  'priorityclasses.scheduling.k8s.io': priorityClassRules,
  'leases.coordination.k8s.io': leaseRules,
  'validatingwebhookconfigurations.admissionregistration.k8s.io': validatingWebhookRules,
  'mutatingwebhookconfigurations.admissionregistration.k8s.io': mutatingWebhookRules,
  'validatingadmissionpolicies.admissionregistration.k8s.io': validatingPolicyRules,
  'mutatingadmissionpolicies.admissionregistration.k8s.io': mutatingPolicyRules,
  'validatingadmissionpolicybindings.admissionregistration.k8s.io': validatingBindingRules,
  'mutatingadmissionpolicybindings.admissionregistration.k8s.io': mutatingBindingRules,
};

const rules = new Map<string, KindRules>();

/** The rules of a built-in resource; undefined where there is none of that name. */
export function findKindRules(group: string, version: string, plural: string): KindRules | undefined {
  const key = `${group}/${version}/${plural}`;
  const known = rules.get(key);
  if (known !== undefined) return known;
  const resource = builtInResources.find(
    (candidate) => candidate.group === group && candidate.version === version && candidate.plural === plural,
  );
  if (resource === undefined) return undefined;
  const name = group === '' ? plural : `${plural}.${group}`;
  const own = parts[`${name}/${version}`] ?? parts[name] ?? {};
  const made = defineRules<KubeObject>(apiVersionOf(resource), resource.kind, own);
  rules.set(key, made);
  return made;
}
