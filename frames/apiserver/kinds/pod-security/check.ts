import type { Container, PodSpec } from '@croft/api/types';
import { named } from './words.ts';

/** What the checks look at: a pod, or the template of one. */
export interface Subject {
  readonly spec: PodSpec;
  readonly annotations: Readonly<Record<string, string>>;
  /** 22 for the standards as Kubernetes 1.22 had them. */
  readonly version: number;
}

/** One rule of the Pod Security Standards: says what is wrong, `hostPort (container "c" uses hostPort 80)`. */
export type Check = (subject: Subject) => string | undefined;

/** Gives a rule the words that all it finds start with. */
export function check(reason: string, find: Check): Check {
  return (subject) => {
    const detail = find(subject);
    return detail && `${reason} (${detail})`;
  };
}

/** A rule that older standards do not have. */
export const since =
  (version: number, rule: Check): Check =>
  (subject) =>
    subject.version < version ? undefined : rule(subject);

export function containersOf(spec: PodSpec): Container[] {
  const debuggers = (spec.ephemeralContainers ?? []) as unknown as Container[];
  return [...(spec.initContainers ?? []), ...(spec.containers ?? []), ...debuggers];
}

/** What was found, each once and in order, and in which containers. */
interface Found {
  readonly names: readonly string[];
  readonly values: readonly string[];
}

/** Tells of the containers in which something is found. */
export function checkContainers(find: (one: Container) => readonly string[], tell: (found: Found) => string): Check {
  return ({ spec }) => {
    const found = containersOf(spec).map((one) => [one.name, find(one)] as const);
    const names = found.filter(([, some]) => some.length > 0).map(([name]) => name);
    return names.length === 0
      ? undefined
      : tell({ names, values: [...new Set(found.flatMap(([, some]) => some))].sort() });
  };
}

export type Security = NonNullable<PodSpec['securityContext']> & NonNullable<Container['securityContext']>;

/** Tells of the pod and the containers that set something wrong: `pod and containers "a", "b"`. */
export function checkContexts(
  find: (context: Partial<Security>) => readonly string[],
  tell: (setters: string, values: string[]) => string,
): Check {
  return ({ spec }) => {
    const wrong = (one: { securityContext?: object }) => (one.securityContext ? find(one.securityContext) : []);
    const containers = containersOf(spec);
    const names = containers.filter((one) => wrong(one).length > 0).map(({ name }) => name);
    const setters = [...(wrong(spec).length > 0 ? ['pod'] : []), ...(names.length > 0 ? [named(names)] : [])];
    const values = [...new Set([spec, ...containers].flatMap(wrong))].sort();
    return setters.length === 0 ? undefined : tell(setters.join(' and '), values);
  };
}

/** A pod with users of its own may do some of what would otherwise be root's. */
export const hasOwnUsers = ({ spec, version }: Subject) => version >= 35 && spec.hostUsers === false;
