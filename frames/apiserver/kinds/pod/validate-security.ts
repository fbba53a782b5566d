import { type FieldError, fieldTooLong, invalidField, requiredField, unsupportedField } from '@croft/api/field-error';
import { rangeError } from '@croft/api/names';
import type { PodSpec, SecurityContext } from '@croft/api/types';
import { checkOneOf } from '../check.ts';
import { printSecurityContext } from '../internal-form.ts';
import { checkLocalPath } from './validate-path.ts';

type PodSecurityContext = NonNullable<PodSpec['securityContext']> & {
  supplementalGroupsPolicy?: string;
  seLinuxChangePolicy?: string;
};
type SeccompProfile = NonNullable<SecurityContext['seccompProfile']>;
type AppArmorProfile = NonNullable<SecurityContext['appArmorProfile']>;

const maxId = 2 ** 31 - 1;

function checkId(path: string, id: number | undefined): FieldError[] {
  return id === undefined || (id >= 0 && id <= maxId) ? [] : [invalidField(path, id, rangeError(0, maxId))];
}

export function checkPodSecurity(path: string, context: PodSecurityContext | undefined, spec: PodSpec): FieldError[] {
  if (context === undefined) return [];
  const errors = [
    ...checkId(`${path}.fsGroup`, context.fsGroup),
    ...checkId(`${path}.runAsUser`, context.runAsUser),
    ...checkId(`${path}.runAsGroup`, context.runAsGroup),
    ...(context.supplementalGroups ?? []).flatMap((id, index) => checkId(`${path}.supplementalGroups[${index}]`, id)),
  ];
  if (spec.shareProcessNamespace === true && spec.hostPID === true) {
    const rule = 'ShareProcessNamespace and HostPID cannot both be enabled';
    errors.push(invalidField(`${path}.shareProcessNamespace`, true, rule));
  }
  const changePolicy = context.fsGroupChangePolicy;
  return [
    ...errors,
    ...checkSysctls(`${path}.sysctls`, context, spec),
    ...(changePolicy === undefined
      ? []
      : checkOneOf(`${path}.fsGroupChangePolicy`, changePolicy, ['Always', 'OnRootMismatch'])),
    ...checkSeccomp(`${path}.seccompProfile`, context.seccompProfile),
    ...checkAppArmor(`${path}.appArmorProfile`, context.appArmorProfile),
    ...checkPolicy(`${path}.supplementalGroupsPolicy`, context.supplementalGroupsPolicy, ['Merge', 'Strict']),
    ...checkPolicy(`${path}.seLinuxChangePolicy`, context.seLinuxChangePolicy, ['MountOption', 'Recursive']),
  ];
}

function checkPolicy(path: string, policy: string | undefined, supported: readonly string[]): FieldError[] {
  return policy === undefined ? [] : checkOneOf(path, policy, supported);
}

const sysctlPattern = '^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$';

function checkSysctls(path: string, { sysctls = [] }: PodSecurityContext, spec: PodSpec): FieldError[] {
  return sysctls.flatMap(({ name }, index): FieldError[] => {
    const at = `${path}[${index}].name`;
    const plain = name.replaceAll('/', '.');
    if (name === '') return [requiredField(at)];
    if (name.length > 253 || !new RegExp(sysctlPattern).test(name)) {
      return [invalidField(at, name, `must have at most 253 characters and match regex ${sysctlPattern}`)];
    }
    if (sysctls.findIndex((other) => other.name === name) < index) {
      return [{ type: 'FieldValueDuplicate', field: at, badValue: name, detail: '' }];
    }
    if (spec.hostNetwork === true && plain.startsWith('net.')) {
      return [invalidField(at, name, "may not be specified when 'hostNetwork' is true")];
    }
    if (spec.hostIPC === true && /^(kernel\.(shm|msg|sem)|fs\.mqueue\.)/.test(plain)) {
      return [invalidField(at, name, "may not be specified when 'hostIPC' is true")];
    }
    return [];
  });
}

export function checkContainerSecurity(
  path: string,
  context: SecurityContext | undefined,
  { hostUsers = true }: PodSpec & { hostUsers?: boolean },
): FieldError[] {
  if (context === undefined) return [];
  const errors: FieldError[] = [
    ...checkId(`${path}.runAsUser`, context.runAsUser),
    ...checkId(`${path}.runAsGroup`, context.runAsGroup),
  ];
  if (context.procMount !== undefined) {
    errors.push(...checkOneOf(`${path}.procMount`, context.procMount, ['Default', 'Unmasked']));
    if (hostUsers && context.procMount === 'Unmasked') {
      errors.push(invalidField(`${path}.procMount`, 'Unmasked', '`hostUsers` must be false to use `Unmasked`'));
    }
  }
  errors.push(...checkSeccomp(`${path}.seccompProfile`, context.seccompProfile));
  if (context.allowPrivilegeEscalation === false) {
    const added = context.capabilities?.add ?? [];
    const printed = printSecurityContext(context);
    if (context.privileged === true) {
      const rule = 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true';
      errors.push(invalidField(path, printed, rule));
    }
    if (added.includes('CAP_SYS_ADMIN')) {
      const rule = 'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN';
      errors.push(invalidField(path, printed, rule));
    }
  }
  return [...errors, ...checkAppArmor(`${path}.appArmorProfile`, context.appArmorProfile)];
}

const seccompTypes = ['Localhost', 'RuntimeDefault', 'Unconfined'];

function checkSeccomp(path: string, profile: SeccompProfile | undefined): FieldError[] {
  if (profile === undefined) return [];
  const { type, localhostProfile } = profile;
  const errors: FieldError[] = [];
  if (type === '') errors.push(requiredField(`${path}.type`, 'type is required when seccompProfile is set'));
  else if (!seccompTypes.includes(type)) errors.push(unsupportedField(`${path}.type`, type, seccompTypes));
  const at = `${path}.localhostProfile`;
  if (type !== 'Localhost') {
    if (localhostProfile === undefined) return errors;
    const shown = { Type: type, LocalhostProfile: localhostProfile };
    return [...errors, invalidField(at, shown, 'can only be set when seccomp type is Localhost')];
  }
  if (localhostProfile === undefined)
    return [...errors, requiredField(at, 'must be set when seccomp type is Localhost')];
  return [...errors, ...checkLocalPath(at, localhostProfile)];
}

function checkAppArmor(path: string, profile: AppArmorProfile | undefined): FieldError[] {
  if (profile === undefined) return [];
  const { type, localhostProfile } = profile;
  const at = `${path}.localhostProfile`;
  if (type === '') return [requiredField(`${path}.type`, 'type is required when appArmorProfile is set')];
  if (!seccompTypes.includes(type)) return [unsupportedField(`${path}.type`, type, seccompTypes)];
  if (type !== 'Localhost') {
    if (localhostProfile === undefined) return [];
    return [invalidField(at, localhostProfile, 'can only be set when AppArmor type is Localhost')];
  }
  if (localhostProfile === undefined || localhostProfile === '') {
    return [requiredField(at, 'must be set when AppArmor type is Localhost')];
  }
  if (localhostProfile.trim() !== localhostProfile) {
    return [invalidField(at, localhostProfile, 'must not be padded with whitespace')];
  }
  return localhostProfile.length > 4095 ? [fieldTooLong(at, 4095)] : [];
}
