import { readFileSync } from 'node:fs';
import { parseApiVersion } from './kind.ts';
import { type FieldSpec, parseFieldSpec } from './type-spec.ts';

/** A struct of the built-in types. */
export interface TypeDefinition {
  /** `core.v1.PodSpec`. */
  readonly name: string;
  readonly fields: ReadonlyMap<string, FieldSpec>;
  /** Owned as a whole wherever it stands. */
  readonly isAtomic: boolean;
}

let texts: Record<string, Record<string, string>> | undefined;
const definitions = new Map<string, TypeDefinition>();

/** The definition called `core.v1.PodSpec`, read at first need from the generated file. */
export function findDefinition(name: string): TypeDefinition | undefined {
  const known = definitions.get(name);
  if (known !== undefined) return known;
  const text = definitionTexts()[name];
  if (text === undefined) return undefined;
  const fields = Object.entries(text).filter(([field]) => field !== '');
  const definition: TypeDefinition = {
    name,
    fields: new Map(fields.map(([field, spec]) => [field, parseFieldSpec(field, spec)])),
    isAtomic: text[''] !== undefined,
  };
  definitions.set(name, definition);
  return definition;
}

export function getDefinition(name: string): TypeDefinition {
  const definition = findDefinition(name);
  if (definition === undefined) throw new Error(`the generated schemas have no ${name}`);
  return definition;
}

export function definitionNames(): string[] {
  return Object.keys(definitionTexts());
}

const shortGroups: Record<string, string> = {
  '': 'core',
  'rbac.authorization.k8s.io': 'rbac',
  'flowcontrol.apiserver.k8s.io': 'flowcontrol',
};

const fullGroups = new Map(Object.entries(shortGroups).map(([group, short]) => [short, group]));
const undotted = new Set(['apps', 'autoscaling', 'batch', 'policy']);

/** `rbac.authorization.k8s.io` of `rbac`, as names of types write it. */
export function groupOfShort(short: string): string {
  return fullGroups.get(short) ?? (undotted.has(short) ? short : `${short}.k8s.io`);
}

/** `core.v1.Pod` of kind Pod in `v1`; whether it exists is another matter. */
export function definitionNameOf(apiVersion: string, kind: string): string {
  const { group, version } = parseApiVersion(apiVersion);
  return `${shortGroups[group] ?? group.replace(/\..*/, '')}.${version}.${kind}`;
}

const homes: Record<string, string> = {
  meta: 'io.k8s.apimachinery.pkg.apis.',
  apiextensions: 'io.k8s.apiextensions-apiserver.pkg.apis.',
  apiregistration: 'io.k8s.kube-aggregator.pkg.apis.',
};

/** `io.k8s.api.core.v1.Pod` of `core.v1.Pod`. */
export function openApiNameOf(name: string): string {
  return `${homes[name.slice(0, name.indexOf('.'))] ?? 'io.k8s.api.'}${name}`;
}

/** `core.v1.Pod` of `io.k8s.api.core.v1.Pod`. */
export function definitionNameOfOpenApi(name: string): string {
  return name.split('.').slice(-3).join('.');
}

function definitionTexts(): Record<string, Record<string, string>> {
  texts ??= JSON.parse(readFileSync(new URL('generated/schemas.json', import.meta.url), 'utf8')) as Record<
    string,
    Record<string, string>
  >;
  return texts;
}
