import { type Fields, readYamlStruct, type Shape, TEXT } from '@croft/encoding/yaml/typed';
import { errorMessage } from '@croft/foundation/errors';
import { compareStrings } from '@croft/gotemplate/bytes';
import { trimSpace } from '../functions/strings.ts';
import { sortForInstall } from './kind-order.ts';

/** One document that a chart renders, and the template it comes from. */
export interface Manifest {
  /** Full name of the template: `chart/templates/x.yaml`. */
  path: string;
  content: string;
  apiVersion: string;
  kind: string;
  /** metadata.name, '' when there is none. */
  name: string;
}

export type HookEvent =
  | 'pre-install'
  | 'post-install'
  | 'pre-delete'
  | 'post-delete'
  | 'pre-upgrade'
  | 'post-upgrade'
  | 'pre-rollback'
  | 'post-rollback'
  | 'test';

/** A manifest that belongs to moments in the life of a release instead of to the release. */
export interface Hook extends Manifest {
  events: HookEvent[];
  /** Lower ones run first. */
  weight: number;
  deletePolicies: string[];
  outputLogPolicies: string[];
}

const events: ReadonlySet<string> = new Set([
  'pre-install',
  'post-install',
  'pre-delete',
  'post-delete',
  'pre-upgrade',
  'post-upgrade',
  'pre-rollback',
  'post-rollback',
  'test',
]);

/** A rendered template that is no YAML, or no object. */
export class ManifestError extends Error {
  override readonly name = 'ManifestError';
}

/**
 * Splits at `---` at the start of the text or of a line, which takes the blanks on both sides with it: of two in a row the
 * second has no line break left before it, and stays.
 */
function splitAtSeparators(text: string): string[] {
  const parts: string[] = [];
  let start = 0;
  for (let at = text.indexOf('---'); at >= 0; ) {
    const fits = at === 0 || (at > start && text.charCodeAt(at - 1) === 10);
    if (!fits) {
      at = text.indexOf('---', at + 1);
      continue;
    }
    let end = at;
    while (end > start && isBlankAt(text, end - 1)) end--;
    parts.push(text.slice(start, end));
    start = at + 3;
    while (isBlankAt(text, start)) start++;
    at = text.indexOf('---', start);
  }
  parts.push(text.slice(start));
  return parts;
}

function isBlankAt(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === 32 || code === 10 || code === 13 || code === 9 || code === 12;
}

/** The documents of a rendered file. Helm 3 trims them, Helm 4 keeps what follows them. */
export function splitManifests(text: string, helmVersion: 3 | 4 = 3): string[] {
  if (helmVersion === 3) {
    return splitAtSeparators(trimSpace(text))
      .filter((document) => document !== '')
      .map(trimSpace);
  }
  return splitAtSeparators(trimLeft(text))
    .filter((document) => trimSpace(document) !== '')
    .map(trimLeft);
}

function trimLeft(text: string): string {
  const trimmed = trimSpace(text);
  return trimmed === '' ? '' : text.slice(text.indexOf(trimmed));
}

export interface SortedManifests {
  manifests: Manifest[];
  hooks: Hook[];
}

/**
 * Splits rendered templates into documents, tells hooks from the rest, and puts both into the order of installation. Throws
 * ManifestError.
 */
export function sortManifests(
  rendered: ReadonlyMap<string, string>,
  warn: (text: string) => void,
  helmVersion: 3 | 4 = 3,
): SortedManifests {
  const manifests: Manifest[] = [];
  const hooks: Hook[] = [];
  for (const path of [...rendered.keys()].sort(compareStrings)) {
    const text = rendered.get(path) ?? '';
    if (trimSpace(text) === '') continue;
    for (const content of splitManifests(text, helmVersion)) {
      const { manifest, annotations } = readHead(path, content, helmVersion);
      const types = annotations.get('helm.sh/hook');
      if (typeof types !== 'string') manifests.push(manifest);
      else {
        const hook = hookOf(manifest, types, annotations);
        if (hook === undefined) warn(`info: skipping unknown hook: ${JSON.stringify(types)}`);
        else hooks.push(hook);
      }
    }
  }
  return { manifests: sortForInstall(manifests, helmVersion), hooks: sortForInstall(hooks, helmVersion) };
}

function headShape(pkg: string): Shape & { kind: 'struct' } {
  return {
    kind: 'struct',
    goType: `${pkg}.SimpleHead`,
    fields: {
      apiVersion: TEXT,
      kind: TEXT,
      metadata: {
        kind: 'struct',
        goType: 'struct { Name string "json:\\"name\\""; Annotations map[string]string "json:\\"annotations\\"" }',
        fields: { name: TEXT, annotations: { kind: 'map', of: TEXT, goType: 'map[string]string' } },
      },
    },
  };
}

const head3 = headShape('releaseutil');
const head4 = headShape('util');

function readHead(path: string, content: string, helmVersion: 3 | 4): { manifest: Manifest; annotations: Fields } {
  let head: Fields;
  try {
    head = readYamlStruct(content, helmVersion === 4 ? head4 : head3);
  } catch (error) {
    throw new ManifestError(`YAML parse error on ${path}: ${errorMessage(error)}`, { cause: error });
  }
  const metadata = mapAt(head, 'metadata');
  const manifest: Manifest = {
    path,
    content,
    apiVersion: textAt(head, 'apiVersion'),
    kind: textAt(head, 'kind'),
    name: textAt(metadata, 'name'),
  };
  return { manifest, annotations: mapAt(metadata, 'annotations') };
}

function mapAt(fields: Fields, key: string): Fields {
  const value = fields.get(key);
  return value instanceof Map ? value : new Map();
}

function textAt(fields: Fields, key: string): string {
  const value = fields.get(key);
  return typeof value === 'string' ? value : '';
}

function hookOf(manifest: Manifest, types: string, annotations: Fields): Hook | undefined {
  const wanted = listOf(types).map((type) => (type === 'test-success' ? 'test' : type));
  if (!wanted.every((type): type is HookEvent => events.has(type))) return undefined;
  const weight = textAt(annotations, 'helm.sh/hook-weight');
  return {
    ...manifest,
    events: wanted,
    weight: /^[-+]?[0-9]+$/.test(weight) ? Number(weight) : 0,
    deletePolicies: policies(annotations, 'helm.sh/hook-delete-policy'),
    outputLogPolicies: policies(annotations, 'helm.sh/hook-output-log-policy'),
  };
}

function policies(annotations: Fields, key: string): string[] {
  const value = annotations.get(key);
  return typeof value === 'string' ? listOf(value) : [];
}

function listOf(text: string): string[] {
  return text.split(',').map((item) => trimSpace(item).toLowerCase());
}
