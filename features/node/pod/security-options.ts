import type { PodSpec, SecurityContext } from '@croft/api/types';
import type { HostConfig } from '../engine/container-types.ts';

/** `uid`, `uid:gid`, or nothing when the image's own user holds. */
export function renderUser(pod: PodSpec, container: SecurityContext | undefined): string | undefined {
  const user = container?.runAsUser ?? pod.securityContext?.runAsUser;
  const group = container?.runAsGroup ?? pod.securityContext?.runAsGroup;
  if (user === undefined) return group === undefined ? undefined : `0:${group}`;
  return group === undefined ? String(user) : `${user}:${group}`;
}

/** The parts of a container's settings that its and its Pod's securityContext ask for. */
export function renderSecurity(pod: PodSpec, context: SecurityContext | undefined): HostConfig {
  const groups = [...(pod.securityContext?.supplementalGroups ?? [])];
  if (pod.securityContext?.fsGroup !== undefined) groups.push(pod.securityContext.fsGroup);
  const options = renderSecurityOptions(pod, context);
  const sysctls = pod.securityContext?.sysctls ?? [];
  return {
    ...(groups.length === 0 ? {} : { GroupAdd: groups.map(String) }),
    ...(options.length === 0 ? {} : { SecurityOpt: options }),
    ...(context?.privileged ? { Privileged: true } : {}),
    ...(context?.readOnlyRootFilesystem ? { ReadonlyRootfs: true } : {}),
    ...(context?.capabilities?.add === undefined ? {} : { CapAdd: [...context.capabilities.add] }),
    ...(context?.capabilities?.drop === undefined ? {} : { CapDrop: [...context.capabilities.drop] }),
    ...(sysctls.length === 0 ? {} : { Sysctls: Object.fromEntries(sysctls.map(({ name, value }) => [name, value])) }),
  };
}

function renderSecurityOptions(pod: PodSpec, context: SecurityContext | undefined): string[] {
  const options: string[] = [];
  if (context?.allowPrivilegeEscalation === false) options.push('no-new-privileges');
  const seccomp = context?.seccompProfile ?? pod.securityContext?.seccompProfile;
  if (seccomp?.type === 'Unconfined') options.push('seccomp=unconfined');
  return options;
}

/**
 * Why a container that must not run as root cannot run, if so. `imageUser` is the image's own user. The texts are the
 * kubelet's.
 */
export function validateNonRoot(
  pod: PodSpec,
  context: SecurityContext | undefined,
  imageUser: string,
): string | undefined {
  if (!(context?.runAsNonRoot ?? pod.securityContext?.runAsNonRoot)) return undefined;
  const user = context?.runAsUser ?? pod.securityContext?.runAsUser;
  if (user === 0) return "container's runAsUser breaks non-root policy";
  if (user !== undefined) return undefined;
  const name = imageUser.split(':')[0] ?? '';
  if (name === '' || name === '0' || name === 'root') return 'container has runAsNonRoot and image will run as root';
  if (/^\d+$/.test(name)) return undefined;
  return `container has runAsNonRoot and image has non-numeric user (${name}), cannot verify user is non-root`;
}
