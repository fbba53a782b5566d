import type { Container, EnvVar, Pod } from '@croft/api/types';
import { ConfigError } from './config-error.ts';
import { expandVariables } from './expand-variables.ts';
import { type PodFacts, resolveFieldRef, resolveResourceFieldRef } from './field-refs.ts';

/** Where the values of variables come from. Undefined: there is no such object. */
export interface EnvironmentSources {
  findConfigMap(name: string): Promise<Readonly<Record<string, string>> | undefined>;
  findSecret(name: string): Promise<Readonly<Record<string, string>> | undefined>;
  /** Variables that name the Services of the namespace. */
  services: ReadonlyMap<string, string>;
}

/**
 * The variables of a container: those of Services, then envFrom in order, then env, each able to refer to those before
 * it. Throws ConfigError when something required is not there.
 */
export async function resolveEnvironment(
  pod: Pod,
  container: Container,
  facts: PodFacts,
  sources: EnvironmentSources,
): Promise<Map<string, string>> {
  const variables = new Map(sources.services);
  for (const { prefix = '', configMapRef, secretRef } of container.envFrom ?? []) {
    const [what, ref, find] =
      configMapRef === undefined
        ? (['secret', secretRef, sources.findSecret] as const)
        : (['configmap', configMapRef, sources.findConfigMap] as const);
    const values = await find(ref?.name ?? '');
    if (values === undefined && ref?.optional !== true) throw new ConfigError(`${what} "${ref?.name}" not found`);
    for (const [name, value] of Object.entries(values ?? {})) variables.set(prefix + name, value);
  }
  for (const variable of container.env ?? []) {
    const value = await resolveVariable(pod, container, variable, variables, facts, sources);
    if (value !== undefined) variables.set(variable.name, value);
  }
  return variables;
}

async function resolveVariable(
  pod: Pod,
  container: Container,
  { value, valueFrom }: EnvVar,
  known: ReadonlyMap<string, string>,
  facts: PodFacts,
  sources: EnvironmentSources,
): Promise<string | undefined> {
  if (valueFrom === undefined) return expandVariables(value ?? '', known);
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef } = valueFrom;
  if (fieldRef !== undefined) return resolveFieldRef(pod, fieldRef.fieldPath, facts);
  if (resourceFieldRef !== undefined) {
    const all = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])];
    const named = all.find(({ name }) => name === resourceFieldRef.containerName) ?? container;
    return resolveResourceFieldRef(named, resourceFieldRef, facts);
  }
  if (configMapKeyRef !== undefined) return await readKey('configmap', configMapKeyRef, sources.findConfigMap, pod);
  if (secretKeyRef !== undefined) return await readKey('secret', secretKeyRef, sources.findSecret, pod);
  return '';
}

async function readKey(
  what: 'configmap' | 'secret',
  ref: { name?: string; key: string; optional?: boolean },
  find: EnvironmentSources['findSecret'],
  pod: Pod,
): Promise<string | undefined> {
  const values = await find(ref.name ?? '');
  const value = values?.[ref.key];
  if (value !== undefined || ref.optional) return value;
  if (values === undefined) throw new ConfigError(`${what} "${ref.name}" not found`);
  const kind = what === 'secret' ? 'Secret' : 'ConfigMap';
  throw new ConfigError(`couldn't find key ${ref.key} in ${kind} ${pod.metadata?.namespace}/${ref.name}`);
}
