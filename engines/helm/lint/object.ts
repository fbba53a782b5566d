import { dns1035LabelErrors, dns1123LabelErrors, dns1123SubdomainErrors } from '@croft/api/names';
import { readYaml } from '@croft/encoding/yaml/read';
import { type Fields, readYamlStruct, type Shape, TEXT } from '@croft/encoding/yaml/typed';
import { quoteString } from '@croft/gotemplate/fmt/quote';
import type { KubeVersion } from '../render/capabilities.ts';
import { deprecationOf } from './deprecated.ts';
import type { Report } from './message.ts';

/** What lint looks at in an object. */
export interface LintObject {
  apiVersion: string;
  kind: string;
  name: string;
}

const shape: Shape & { kind: 'struct' } = {
  kind: 'struct',
  goType: 'rules.K8sYamlStruct',
  fields: {
    apiVersion: TEXT,
    kind: TEXT,
    metadata: { kind: 'struct', goType: 'rules.k8sYamlMetadata', fields: { namespace: TEXT, name: TEXT } },
  },
};

/** Reads a rendered document; undefined when it holds nothing. Throws YamlReadError. */
export function readLintObject(document: string): LintObject | undefined {
  const fields = readYamlStruct(document, shape);
  if (fields.size === 0 && readYaml(document) === null) return undefined;
  const metadata = fields.get('metadata');
  return {
    apiVersion: textOf(fields, 'apiVersion'),
    kind: textOf(fields, 'kind'),
    name: metadata instanceof Map ? textOf(metadata, 'name') : '',
  };
}

function textOf(fields: Fields, key: string): string {
  const value = fields.get(key);
  return typeof value === 'string' ? value : '';
}

/** Checks one object that the template `path` renders; `manifest` is all that it renders. */
export function lintObject(
  object: LintObject,
  path: string,
  manifest: string,
  kubeVersion: KubeVersion,
  report: Report,
): void {
  const { apiVersion, kind, name } = object;
  const errors = nameErrors(kind, name).map(
    (problem) => `metadata.name: Invalid value: ${quoteString(name)}: ${problem}`,
  );
  const all = errors.length > 1 ? `[${errors.join(', ')}]` : errors[0];
  report(
    'WARNING',
    path,
    all === undefined
      ? undefined
      : `object name does not conform to Kubernetes naming requirements: ${quoteString(name)}: ${all}`,
  );
  report('WARNING', path, deprecationOf(apiVersion, kind, kubeVersion));
  const hasSelector = manifest.includes('matchLabels') || manifest.includes('matchExpressions');
  if (['Deployment', 'ReplicaSet', 'DaemonSet', 'StatefulSet'].includes(kind) && !hasSelector) {
    report('ERROR', path, `a ${kind} must contain matchLabels or matchExpressions, and ${quoteString(name)} does not`);
  }
  if (kind === 'List' && keepsItems(manifest)) {
    report('ERROR', path, "Annotation 'helm.sh/resource-policy' within List objects are ignored");
  }
}

function nameErrors(kind: string, name: string): string[] {
  switch (kind.toLowerCase()) {
    case 'service':
      return dns1035LabelErrors(name);
    case 'namespace':
      return dns1123LabelErrors(name);
    case 'certificatesigningrequest':
      return [];
    case 'role':
    case 'clusterrole':
    case 'rolebinding':
    case 'clusterrolebinding':
      return pathSegmentErrors(name);
  }
  return dns1123SubdomainErrors(name);
}

function pathSegmentErrors(name: string): string[] {
  if (name === '.' || name === '..') return [`may not be '${name}'`];
  return ['/', '%'].filter((char) => name.includes(char)).map((char) => `may not contain '${char}'`);
}

/** Whether an object in the list asks to be kept, which Helm does not see there. */
function keepsItems(manifest: string): boolean {
  const list = readYaml(manifest);
  const items = list instanceof Map ? list.get('items') : undefined;
  return Array.isArray(items) && items.some((item) => item instanceof Map && hasPolicy(item.get('metadata')));
}

function hasPolicy(metadata: unknown): boolean {
  const annotations = metadata instanceof Map ? (metadata.get('annotations') as unknown) : undefined;
  return annotations instanceof Map && annotations.has('helm.sh/resource-policy');
}
