import type { Container } from '@croft/api/types';
import { type Check, check, checkContainers, checkContexts, hasOwnUsers, since } from './check.ts';
import { checkAppArmor, checkSeLinux } from './confinement.ts';
import { named, plural, quoted, uses } from './words.ts';

// The baseline of the Pod Security Standards, in the words of k8s.io/pod-security-admission.

const defaultCapabilities = new Set(
  'AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT'.split(
    ' ',
  ),
);

/** Which settings of the kernel a pod may make, by the version that first allowed them. */
const safeSysctls = new Map([
  ['kernel.shm_rmid_forced', 0],
  ['net.ipv4.ip_local_port_range', 0],
  ['net.ipv4.tcp_syncookies', 0],
  ['net.ipv4.ping_group_range', 0],
  ['net.ipv4.ip_unprivileged_port_start', 0],
  ['net.ipv4.ip_local_reserved_ports', 27],
  ['net.ipv4.tcp_keepalive_time', 29],
  ['net.ipv4.tcp_fin_timeout', 29],
  ['net.ipv4.tcp_keepalive_intvl', 29],
  ['net.ipv4.tcp_keepalive_probes', 29],
  ['net.ipv4.tcp_rmem', 32],
  ['net.ipv4.tcp_wmem', 32],
]);

const safeProfiles = new Set(['RuntimeDefault', 'Localhost']);

/** Also a half of what the restricted level asks for. */
export const checkSeccomp = checkContexts(
  ({ seccompProfile }) =>
    seccompProfile === undefined || safeProfiles.has(seccompProfile.type) ? [] : [seccompProfile.type],
  (setters, values) => `${setters} must not set securityContext.seccompProfile.type to ${quoted(values)}`,
);

/** Without regard to whose users the pod has. */
export const checkProcMount = check(
  'procMount',
  checkContainers(
    ({ securityContext }) => [securityContext?.procMount ?? 'Default'].filter((mount) => mount !== 'Default'),
    ({ names, values }) => `${named(names)} must not set securityContext.procMount to ${quoted(values)}`,
  ),
);

/** In the order in which they are told of. */
export const baselineChecks = {
  appArmor: checkAppArmor,
  capabilities: check(
    'non-default capabilities',
    checkContainers(
      ({ securityContext }) =>
        (securityContext?.capabilities?.add ?? []).filter((added) => !defaultCapabilities.has(added)),
      ({ names, values }) => `${named(names)} must not include ${quoted(values)} in securityContext.capabilities.add`,
    ),
  ),
  hostNamespaces: check('host namespaces', ({ spec }) => {
    const shared = (['hostNetwork', 'hostPID', 'hostIPC'] as const).filter((field) => spec[field] === true);
    return shared.map((field) => `${field}=true`).join(', ');
  }),
  hostPaths: check('hostPath volumes', ({ spec: { volumes = [] } }) => {
    const names = volumes.filter(({ hostPath }) => hostPath !== undefined).map(({ name }) => name);
    return names.length === 0 ? undefined : named(names, 'volume');
  }),
  hostPorts: check(
    'hostPort',
    checkContainers(
      ({ ports = [] }) => ports.flatMap(({ hostPort = 0 }) => (hostPort === 0 ? [] : [String(hostPort)])),
      ({ names, values }) => `${named(names)} ${uses(names)} ${plural(values, 'hostPort')} ${values.join(', ')}`,
    ),
  ),
  hosts: since(
    34,
    check(
      'probe or lifecycle host',
      checkContainers(hostsOf, ({ names, values }) => {
        const what = plural(values, 'probe or lifecycle host');
        return `${named(names.toSorted())} ${uses(names)} ${what} ${quoted(values)}`;
      }),
    ),
  ),
  privileged: check(
    'privileged',
    checkContainers(
      ({ securityContext }) => (securityContext?.privileged === true ? ['true'] : []),
      ({ names }) => `${named(names)} must not set securityContext.privileged=true`,
    ),
  ),
  procMount: (subject) => (hasOwnUsers(subject) ? undefined : checkProcMount(subject)),
  seLinux: checkSeLinux,
  seccomp: since(19, check('seccompProfile', checkSeccomp)),
  sysctls: check('forbidden sysctls', ({ spec, version }) => {
    const set = (spec.securityContext?.sysctls ?? []).map(({ name }) => name);
    return set.filter((name) => (safeSysctls.get(name) ?? Number.POSITIVE_INFINITY) > version).join(', ');
  }),
  hostProcess: check(
    'hostProcess',
    checkContexts(
      ({ windowsOptions }) => (windowsOptions?.hostProcess === true ? ['true'] : []),
      (setters) => `${setters} must not set securityContext.windowsOptions.hostProcess=true`,
    ),
  ),
} satisfies Readonly<Record<string, Check>>;

/** The addresses other than the pod's own that a container has the kubelet call. */
function hostsOf({ livenessProbe, readinessProbe, startupProbe, lifecycle }: Container): string[] {
  const calls = [livenessProbe, readinessProbe, startupProbe, lifecycle?.postStart, lifecycle?.preStop];
  return calls
    .flatMap((call) => [call?.httpGet?.host ?? '', call?.tcpSocket?.host ?? ''])
    .filter((host) => host !== '');
}
