import { type Check, check, checkContexts, containersOf } from './check.ts';
import { named, plural, quoted } from './words.ts';

// What the baseline allows of the ways in which a kernel confines a container.

const safeProfiles = new Set(['RuntimeDefault', 'Localhost']);
const profilePrefix = 'container.apparmor.security.beta.kubernetes.io/';

export function checkAppArmor({ spec, annotations }: Parameters<Check>[0]): string | undefined {
  const wrong = ({ securityContext }: { securityContext?: { appArmorProfile?: { type: string } } }) => {
    const type = securityContext?.appArmorProfile?.type;
    return type === undefined || safeProfiles.has(type) ? [] : [type];
  };
  const containers = containersOf(spec);
  const names = containers.filter((one) => wrong(one).length > 0).map(({ name }) => name);
  const noted = Object.entries(annotations)
    .filter(([key, profile]) => key.startsWith(profilePrefix) && !/^($|runtime\/default$|localhost\/)/.test(profile))
    .map(([key, profile]) => `${key}=${JSON.stringify(profile)}`)
    .sort();
  const setters = [
    ...(wrong(spec).length > 0 ? ['pod'] : []),
    ...(names.length > 0 ? [named(names)] : []),
    ...(noted.length > 0 ? [plural(noted, 'annotation')] : []),
  ];
  if (setters.length === 0) return undefined;
  const values = [...[...new Set([spec, ...containers].flatMap(wrong))].sort(), ...noted];
  const what = plural(values, 'forbidden AppArmor profile');
  return `${what} (${setters.join(' and ')} must not set AppArmor profile type to ${quoted(values)})`;
}

const containerTypes = new Set(['', 'container_t', 'container_init_t', 'container_kvm_t']);
const [userSet, roleSet] = ['user may not be set', 'role may not be set'];

export const checkSeLinux = check('seLinuxOptions', (subject) => {
  const wrongType = (type = '') =>
    !containerTypes.has(type) && !(type === 'container_engine_t' && subject.version >= 31);
  const find = checkContexts(
    ({ seLinuxOptions: { type, user, role } = {} }) => [
      ...(wrongType(type) ? [`type ${type}`] : []),
      ...(user ? [userSet] : []),
      ...(role ? [roleSet] : []),
    ],
    (setters, values) => {
      const types = values.filter((value) => value.startsWith('type ')).map((value) => value.slice('type '.length));
      const told = [
        ...(types.length > 0 ? [named(types, 'type')] : []),
        ...[userSet, roleSet].filter((text) => values.includes(text)),
      ];
      return `${setters} set forbidden securityContext.seLinuxOptions: ${told.join('; ')}`;
    },
  );
  return find(subject);
});
