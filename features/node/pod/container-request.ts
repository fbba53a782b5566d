import type { Container, Pod } from '@croft/api/types';
import type { BindMount, ContainerCreate, HostConfig } from '../engine/container-types.ts';
import { type ContainerIdentity, renderLabels } from './container-labels.ts';
import { expandVariables } from './expand-variables.ts';
import { normalizeImage } from './image-reference.ts';
import { hostnameOf } from './name-files.ts';
import { renderResources } from './resource-limits.ts';
import { renderSecurity, renderUser } from './security-options.ts';

export interface SandboxParts {
  image: string;
  network: string;
  cgroup: string;
  canRaiseLimits: boolean;
}

/** The container that holds a Pod's namespaces while the others come and go. */
export function renderSandboxRequest(
  pod: Pod,
  identity: ContainerIdentity,
  { image, network, cgroup, canRaiseLimits }: SandboxParts,
): ContainerCreate {
  const spec = pod.spec;
  const sysctls = spec?.securityContext?.sysctls ?? [];
  return {
    Image: image,
    Labels: renderLabels(identity),
    ...(spec?.hostNetwork ? {} : { Hostname: hostnameOf(pod) }),
    HostConfig: {
      NetworkMode: spec?.hostNetwork ? 'host' : network,
      IpcMode: spec?.hostIPC ? 'host' : 'shareable',
      ...(spec?.hostNetwork ? { UTSMode: 'host' } : {}),
      CgroupParent: cgroup,
      LogConfig: { Type: 'none' },
      CpuShares: 2,
      // Last to go when memory is short; lowering the score is a privilege.
      ...(canRaiseLimits ? { OomScoreAdj: -998 } : {}),
      ReadonlyRootfs: true,
      ...(sysctls.length === 0 ? {} : { Sysctls: Object.fromEntries(sysctls.map(({ name, value }) => [name, value])) }),
    },
  };
}

export interface ContainerParts {
  identity: ContainerIdentity;
  environment: ReadonlyMap<string, string>;
  mounts: readonly BindMount[];
  logPath: string;
  cgroup: string;
  /** The id of a container whose processes this one sees. */
  processesOf?: string;
}

/** A container of a Pod, in the namespaces of its sandbox. */
export function renderContainerRequest(pod: Pod, container: Container, parts: ContainerParts): ContainerCreate {
  const spec = pod.spec ?? { containers: [] };
  const expand = (texts: readonly string[]) => texts.map((text) => expandVariables(text, parts.environment));
  const user = renderUser(spec, container.securityContext);
  const { Sysctls: _, ...security } = renderSecurity(spec, container.securityContext);
  return {
    Image: normalizeImage(container.image ?? ''),
    ...(container.command === undefined ? {} : { Entrypoint: expand(container.command) }),
    ...(container.args === undefined ? {} : { Cmd: expand(container.args) }),
    Env: [...parts.environment].map(([name, value]) => `${name}=${value}`),
    Labels: renderLabels(parts.identity),
    ...(user === undefined ? {} : { User: user }),
    ...(container.workingDir === undefined ? {} : { WorkingDir: container.workingDir }),
    ...(container.stdin ? { OpenStdin: true } : {}),
    ...(container.stdinOnce ? { StdinOnce: true } : {}),
    ...(container.tty ? { Tty: true } : {}),
    HostConfig: {
      ...renderNamespaces(pod, parts.identity.sandboxId),
      ...(parts.processesOf === undefined ? {} : { PidMode: `container:${parts.processesOf}` }),
      ...security,
      ...renderResources(container.resources),
      CgroupParent: parts.cgroup,
      LogConfig: { Type: 'k8s-file', Config: { path: parts.logPath } },
      Mounts: [...parts.mounts],
    },
  };
}

function renderNamespaces(pod: Pod, sandboxId: string): HostConfig {
  const sandbox = `container:${sandboxId}`;
  return {
    NetworkMode: sandbox,
    IpcMode: pod.spec?.hostIPC ? 'host' : sandbox,
    UTSMode: pod.spec?.hostNetwork ? 'host' : sandbox,
    ...(pod.spec?.hostPID ? { PidMode: 'host' } : pod.spec?.shareProcessNamespace ? { PidMode: sandbox } : {}),
  };
}
