import type { Container, Pod, PodSpec, PodTemplateSpec, Probe, Volume } from '@croft/api/types';

type Lifecycle = NonNullable<Container['lifecycle']>;

/** The defaults that a pod and a pod template share (Kubernetes pkg/apis/core/v1/defaults.go). */
function defaultPodSpec(spec: PodSpec): void {
  if (spec.serviceAccountName === undefined && spec.serviceAccount !== undefined) {
    spec.serviceAccountName = spec.serviceAccount;
  }
  if (spec.serviceAccountName !== undefined) spec.serviceAccount = spec.serviceAccountName;
  spec.restartPolicy ??= 'Always';
  spec.terminationGracePeriodSeconds ??= 30;
  spec.dnsPolicy ??= 'ClusterFirst';
  spec.securityContext ??= {};
  spec.schedulerName ??= 'default-scheduler';
  for (const volume of spec.volumes ?? []) defaultVolume(volume);
  for (const container of allContainers(spec)) defaultContainer(container);
}

export function defaultPodTemplate(template: PodTemplateSpec): void {
  if (template.spec !== undefined) defaultPodSpec(template.spec);
}

/** The defaults of a pod itself: requests follow limits, ports of the host's network are the host's. */
export function defaultPod(pod: Pod): void {
  const spec = pod.spec;
  if (spec === undefined) return;
  defaultPodSpec(spec);
  spec.enableServiceLinks ??= true;
  for (const container of [...(spec.containers ?? []), ...(spec.initContainers ?? [])]) {
    defaultRequests(container);
    if (spec.hostNetwork !== true) continue;
    for (const port of container.ports ?? []) port.hostPort ??= port.containerPort;
  }
}

function allContainers(spec: PodSpec): Container[] {
  return [...(spec.initContainers ?? []), ...(spec.containers ?? []), ...(spec.ephemeralContainers ?? [])];
}

function defaultRequests(container: Container): void {
  const limits = container.resources?.limits;
  if (limits === undefined || container.resources === undefined) return;
  container.resources.requests = { ...limits, ...container.resources.requests };
}

function defaultContainer(container: Container): void {
  container.terminationMessagePath ??= '/dev/termination-log';
  container.terminationMessagePolicy ??= 'File';
  container.imagePullPolicy ??= pullPolicyOf(container.image);
  for (const port of container.ports ?? []) port.protocol ??= 'TCP';
  for (const variable of container.env ?? []) defaultFieldRef(variable.valueFrom?.fieldRef);
  for (const probe of [container.livenessProbe, container.readinessProbe, container.startupProbe]) defaultProbe(probe);
  defaultHandler(container.lifecycle?.postStart);
  defaultHandler(container.lifecycle?.preStop);
}

const component = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const host = '[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?(?::[0-9]+)?';
const imagePattern = new RegExp(
  `^(?:${host}/)?${component}(?:/${component})*(?::(?<tag>\\w[\\w.-]{0,127}))?(?<digest>@[A-Za-z][\\w+.-]*:[0-9a-fA-F]{32,})?$`,
);

/** Always for the tag `latest`, and where there is neither tag nor digest; not for what is no image's name. */
function pullPolicyOf(image: string | undefined): string {
  const parts = imagePattern.exec(image ?? '')?.groups;
  if (parts === undefined) return 'IfNotPresent';
  const { tag = parts.digest === undefined ? 'latest' : '' } = parts;
  return tag === 'latest' ? 'Always' : 'IfNotPresent';
}

function defaultProbe(probe: Probe | undefined): void {
  if (probe === undefined) return;
  probe.timeoutSeconds ??= 1;
  probe.periodSeconds ??= 10;
  probe.successThreshold ??= 1;
  probe.failureThreshold ??= 3;
  if (probe.grpc !== undefined) probe.grpc.service = probe.grpc.service ?? '';
  defaultHandler(probe);
}

function defaultHandler(handler: Pick<NonNullable<Lifecycle['preStop']>, 'httpGet'> | undefined): void {
  if (handler?.httpGet === undefined) return;
  handler.httpGet.path ??= '/';
  handler.httpGet.scheme ??= 'HTTP';
}

function defaultFieldRef(ref: { apiVersion?: string } | undefined): void {
  if (ref !== undefined) ref.apiVersion ??= 'v1';
}

const fileMode = 0o644;

function defaultVolume(volume: Volume): void {
  if (Object.keys(volume).every((key) => key === 'name')) volume.emptyDir = {};
  if (volume.secret) volume.secret.defaultMode ??= fileMode;
  if (volume.configMap) volume.configMap.defaultMode ??= fileMode;
  if (volume.hostPath) volume.hostPath.type ??= '';
  const { image } = volume as { image?: { reference?: string; pullPolicy?: string } };
  if (image) image.pullPolicy ??= pullPolicyOf(image.reference);
  if (volume.downwardAPI) {
    volume.downwardAPI.defaultMode ??= fileMode;
    for (const item of volume.downwardAPI.items ?? []) defaultFieldRef(item.fieldRef);
  }
  if (volume.projected) defaultProjected(volume.projected);
  const template = volume.ephemeral?.volumeClaimTemplate;
  if (template?.spec) template.spec.volumeMode ??= 'Filesystem';
  defaultNetworkVolume(volume);
}

function defaultProjected(projected: NonNullable<Volume['projected']>): void {
  projected.defaultMode ??= fileMode;
  for (const source of projected.sources ?? []) {
    if (source.serviceAccountToken) source.serviceAccountToken.expirationSeconds ??= 3600;
    for (const item of source.downwardAPI?.items ?? []) defaultFieldRef(item.fieldRef);
  }
}

/** Kinds of storage that few have, kept for manifests that name them. */
function defaultNetworkVolume(volume: Volume): void {
  if (volume.iscsi) volume.iscsi.iscsiInterface ??= 'default';
  if (volume.rbd) {
    volume.rbd.pool ??= 'rbd';
    volume.rbd.user ??= 'admin';
    volume.rbd.keyring ??= '/etc/ceph/keyring';
  }
  if (volume.azureDisk) {
    volume.azureDisk.cachingMode ??= 'ReadWrite';
    volume.azureDisk.fsType ??= 'ext4';
    volume.azureDisk.kind ??= 'Shared';
    volume.azureDisk.readOnly ??= false;
  }
  if (volume.scaleIO) {
    volume.scaleIO.storageMode ??= 'ThinProvisioned';
    volume.scaleIO.fsType ??= 'xfs';
  }
}
