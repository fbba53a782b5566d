import type { Container } from '@croft/api/types';
import { baselineChecks, checkProcMount, checkSeccomp } from './baseline.ts';
import { type Check, check, checkContainers, checkContexts, hasOwnUsers, since } from './check.ts';
import { named, plural, quoted, uses } from './words.ts';

// What the restricted level of the Pod Security Standards asks for beyond the baseline.

const plainVolumes = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
]);

/** A pod for Windows can not set what is asked of others. */
const exceptWindows =
  (rule: Check): Check =>
  (subject) =>
    subject.version >= 25 && subject.spec.os?.name === 'windows' ? undefined : rule(subject);

/** What the containers have to set, unless the pod does. */
function missing(isMissing: (container: Container) => boolean, rule: string, who = ''): Check {
  return checkContainers(
    (one) => (isMissing(one) ? [''] : []),
    ({ names }) => `${who}${named(names)} must set ${rule}`,
  );
}

const extraCapabilities = checkContainers(
  ({ securityContext }) => (securityContext?.capabilities?.add ?? []).filter((name) => name !== 'NET_BIND_SERVICE'),
  ({ names, values }) => `${named(names)} must not include ${quoted(values)} in securityContext.capabilities.add`,
);

const keptCapabilities = missing(
  ({ securityContext }) => !(securityContext?.capabilities?.drop ?? []).includes('ALL'),
  'securityContext.capabilities.drop=["ALL"]',
);

const checkRoot = check('runAsNonRoot != true', (subject) => {
  const refused = checkContexts(
    ({ runAsNonRoot }) => (runAsNonRoot === false ? ['false'] : []),
    (setters) => `${setters} must not set securityContext.runAsNonRoot=false`,
  );
  const wanted = missing(
    ({ securityContext }) => securityContext?.runAsNonRoot === undefined,
    'securityContext.runAsNonRoot=true',
    'pod or ',
  );
  return refused(subject) ?? (subject.spec.securityContext?.runAsNonRoot === true ? undefined : wanted(subject));
});

const checkUser = check(
  'runAsUser=0',
  checkContexts(
    ({ runAsUser }) => (runAsUser === 0 ? ['0'] : []),
    (setters) => `${setters} must not set runAsUser=0`,
  ),
);

const checkProfile = check('seccompProfile', (subject) => {
  const wanted = missing(
    ({ securityContext }) => securityContext?.seccompProfile === undefined,
    'securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"',
    'pod or ',
  );
  const isSet = subject.spec.securityContext?.seccompProfile !== undefined;
  return checkSeccomp(subject) ?? (isSet ? undefined : wanted(subject));
});

const checkVolumes = check('restricted volume types', ({ spec: { volumes = [] } }) => {
  const odd = volumes.flatMap((volume) => {
    const type = Object.keys(volume).find((field) => field !== 'name') ?? 'unknown';
    return plainVolumes.has(type) ? [] : [{ name: volume.name, type }];
  });
  if (odd.length === 0) return undefined;
  const types = [...new Set(odd.map(({ type }) => type))].sort();
  const names = odd.map(({ name }) => name);
  return `${named(names, 'volume')} ${uses(names)} ${plural(types, 'restricted volume type')} ${quoted(types)}`;
});

const unlessOwnUsers =
  (rule: Check): Check =>
  (subject) =>
    hasOwnUsers(subject) ? undefined : rule(subject);

const ownChecks: readonly Check[] = [
  since(
    8,
    exceptWindows(
      check(
        'allowPrivilegeEscalation != false',
        missing(
          ({ securityContext }) => securityContext?.allowPrivilegeEscalation !== false,
          'securityContext.allowPrivilegeEscalation=false',
        ),
      ),
    ),
  ),
  since(
    22,
    exceptWindows(
      check('unrestricted capabilities', (subject) =>
        [keptCapabilities(subject), extraCapabilities(subject)].filter((text) => text !== undefined).join('; '),
      ),
    ),
  ),
  since(35, checkProcMount),
  checkVolumes,
  unlessOwnUsers(checkRoot),
  since(23, unlessOwnUsers(checkUser)),
  since(19, exceptWindows(checkProfile)),
];

/** From which version on a check of the baseline gives way to a stricter one. */
const replaced: Readonly<Record<string, number>> = { capabilities: 22, hostPaths: 0, procMount: 35, seccomp: 19 };

export function restrictedChecks(version: number): Check[] {
  const kept = Object.entries(baselineChecks).filter(([name]) => !(version >= (replaced[name] ?? version + 1)));
  return [...kept.map(([, rule]) => rule), ...ownChecks];
}
