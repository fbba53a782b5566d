import { type FieldError, forbiddenField, invalidField } from '@croft/api/field-error';
import type { Container, PodSpec } from '@croft/api/types';
import { sortedMap } from '../check.ts';
import { checkLocalPath } from './validate-path.ts';

type Annotations = Readonly<Record<string, string>> | undefined;

export const appArmorPrefix = 'container.apparmor.security.beta.kubernetes.io/';
export const seccompPod = 'seccomp.security.alpha.kubernetes.io/pod';
export const seccompPrefix = 'container.seccomp.security.alpha.kubernetes.io/';
const mirror = 'kubernetes.io/config.mirror';
const deletionCost = 'controller.kubernetes.io/pod-deletion-cost';

const allContainers = ({ initContainers = [], containers, ephemeralContainers = [] }: PodSpec) => [
  ...initContainers,
  ...(containers ?? []),
  ...ephemeralContainers,
];

/** Annotations of pods and pod templates that mean something to Kubernetes. */
export function checkPodAnnotations(path: string, annotations: Annotations, spec: PodSpec): FieldError[] {
  if (annotations === undefined) return [];
  const errors: FieldError[] = [];
  if (annotations[mirror] !== undefined && !spec.nodeName) {
    const rule = 'must set spec.nodeName if mirror pod annotation is set';
    errors.push(invalidField(`${path}[${mirror}]`, annotations[mirror], rule));
  }
  const cost = annotations[deletionCost];
  if (cost !== undefined && !isCost(cost)) {
    errors.push(invalidField(`${path}[${deletionCost}]`, cost, 'must be a 32bit integer'));
  }
  const sorted = Object.entries(sortedMap(annotations));
  const seccomp = sorted.filter(([key]) => key === seccompPod || key.startsWith(seccompPrefix));
  const appArmor = sorted.filter(([key]) => key.startsWith(appArmorPrefix));
  return [
    ...errors,
    ...seccomp.flatMap(([key, value]) => checkSeccompName(`${path}.${key}`, value)),
    ...appArmor.flatMap(([key, value]) => checkAppArmorName(`${path}[${key}]`, key, value, spec)),
  ];
}

/** A whole number without a plus sign or needless zeros. */
function isCost(text: string): boolean {
  return /^(0|-?[1-9]\d*)$/.test(text) && Number(text) >= -(2 ** 31) && Number(text) < 2 ** 31;
}

function checkSeccompName(path: string, name: string): FieldError[] {
  if (['runtime/default', 'docker/default', 'unconfined'].includes(name)) return [];
  if (name.startsWith('localhost/')) return checkLocalPath(path, name.slice('localhost/'.length));
  return [invalidField(path, name, 'must be a valid seccomp profile')];
}

function checkAppArmorName(path: string, key: string, name: string, spec: PodSpec): FieldError[] {
  const container = key.slice(appArmorPrefix.length);
  const known = allContainers(spec).some((one) => one.name === container);
  const errors = known ? [] : [invalidField(path, container, 'container not found')];
  if (['', 'runtime/default', 'unconfined'].includes(name) || name.startsWith('localhost/')) return errors;
  return [...errors, invalidField(path, name, `invalid AppArmor profile name: ${JSON.stringify(name)}`)];
}

interface Profile {
  type?: string;
  localhostProfile?: string;
}

/** A profile that both an annotation and a field name has to be the same one. */
export function checkProfiles(path: string, annotations: Annotations, spec: PodSpec): FieldError[] {
  if (annotations === undefined) return [];
  const own = spec.securityContext?.seccompProfile;
  const pod = `${path}.securityContext.seccompProfile`;
  return [
    ...checkSame(pod, 'seccomp', own, annotations[seccompPod]),
    ...eachContainer(path, spec, (at, { name, securityContext }) =>
      checkSame(
        `${at}.securityContext.seccompProfile`,
        'seccomp',
        securityContext?.seccompProfile,
        annotations[seccompPrefix + name],
      ),
    ),
    ...eachContainer(path, spec, (at, { name, securityContext }) =>
      checkSame(
        `${at}.securityContext.appArmorProfile`,
        'apparmor',
        securityContext?.appArmorProfile ?? spec.securityContext?.appArmorProfile,
        annotations[appArmorPrefix + name],
      ),
    ),
  ];
}

function eachContainer(path: string, spec: PodSpec, check: (at: string, one: Container) => FieldError[]): FieldError[] {
  return (['initContainers', 'containers'] as const).flatMap((field) =>
    (spec[field] ?? []).flatMap((one, index) => check(`${path}.${field}[${index}]`, one)),
  );
}

function checkSame(path: string, what: string, profile: Profile | undefined, annotation: string | undefined) {
  if (profile === undefined || annotation === undefined) return [];
  const rule = (part: string) => `${what} ${part} in annotation and field must match`;
  const names: Readonly<Record<string, readonly string[]>> = {
    Unconfined: ['unconfined'],
    RuntimeDefault: what === 'seccomp' ? ['runtime/default', 'docker/default'] : ['runtime/default'],
  };
  if (profile.type === 'Localhost') {
    if (!annotation.startsWith('localhost/')) return [forbiddenField(`${path}.type`, rule('type'))];
    const same = annotation === `localhost/${profile.localhostProfile}`;
    return same ? [] : [forbiddenField(`${path}.localhostProfile`, rule('profile'))];
  }
  const allowed = names[profile.type ?? ''];
  return allowed === undefined || allowed.includes(annotation) ? [] : [forbiddenField(`${path}.type`, rule('type'))];
}
