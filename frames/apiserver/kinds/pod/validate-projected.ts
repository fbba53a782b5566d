import { type FieldError, forbiddenField, invalidField, requiredField } from '@croft/api/field-error';
import type { Volume } from '@croft/api/types';
import { checkFieldRef, checkResourceFieldRef, volumeFieldPaths } from './validate-env.ts';
import { checkLocalFile } from './validate-path.ts';

type Items = NonNullable<NonNullable<Volume['configMap']>['items']>;
type DownwardItems = NonNullable<NonNullable<Volume['downwardAPI']>['items']>;
type Projected = NonNullable<Volume['projected']>;
type Source = NonNullable<Projected['sources']>[number];

export function checkMode(path: string, mode: number | undefined): FieldError[] {
  if (mode === undefined || (mode >= 0 && mode <= 0o777)) return [];
  return [invalidField(path, mode, 'must be a number between 0 and 0777 (octal), both inclusive')];
}

/** The keys of a ConfigMap or Secret that become files. */
export function checkItems(path: string, items: Items = []): FieldError[] {
  return items.flatMap((item, index) => checkItem(`${path}.items[${index}]`, item));
}

function checkItem(path: string, { key, path: file = '', mode }: Items[number]): FieldError[] {
  return [
    ...((key ?? '') === '' ? [requiredField(`${path}.key`)] : []),
    ...(file === '' ? [requiredField(`${path}.path`)] : checkLocalFile(`${path}.path`, file)),
    ...checkMode(`${path}.mode`, mode),
  ];
}

export function checkDownward(path: string, items: DownwardItems = [], defaultMode?: number): FieldError[] {
  return [...checkMode(`${path}.defaultMode`, defaultMode), ...items.flatMap((item) => checkDownwardItem(path, item))];
}

/** The errors name no index, as those of Kubernetes. */
function checkDownwardItem(path: string, item: DownwardItems[number]): FieldError[] {
  const { path: file = '', fieldRef, resourceFieldRef, mode } = item;
  const errors = file === '' ? [requiredField(`${path}.path`)] : checkLocalFile(`${path}.path`, file);
  if (fieldRef !== undefined) {
    errors.push(...checkFieldRef(`${path}.fieldRef`, fieldRef, volumeFieldPaths));
    if (resourceFieldRef !== undefined) {
      const rule = 'fieldRef and resourceFieldRef can not be specified simultaneously';
      errors.push(invalidField(path, 'resource', rule));
    }
  } else if (resourceFieldRef !== undefined) {
    errors.push(...checkResourceFieldRef(`${path}.resourceFieldRef`, resourceFieldRef, true));
  } else errors.push(requiredField(path, 'one of fieldRef and resourceFieldRef is required'));
  return [...errors, ...checkMode(`${path}.mode`, mode)];
}

/** Several sources in one folder: no two may write the same file. */
export function checkProjected(path: string, { sources, defaultMode }: Projected): FieldError[] {
  const files = new Set<string>();
  const checkTwice = (file: string, shown: string): FieldError[] => {
    if (file === '') return [];
    const known = files.has(file);
    files.add(file);
    return known ? [invalidField(path, shown, 'conflicting duplicate paths')] : [];
  };
  return [
    ...checkMode(`${path}.defaultMode`, defaultMode),
    ...(sources ?? []).flatMap((source, index) => checkSource(path, `${path}.sources[${index}]`, source, checkTwice)),
  ];
}

type CheckTwice = (file: string, shown: string) => FieldError[];

function checkSource(path: string, at: string, source: Source, checkTwice: CheckTwice): FieldError[] {
  const errors: FieldError[] = [];
  for (const kind of ['secret', 'configMap'] as const) {
    const { name = '', items = [] } = source[kind] ?? {};
    if (source[kind] === undefined) continue;
    if (name === '') errors.push(requiredField(`${at}.${kind}.name`));
    items.forEach((item, index) => {
      errors.push(...checkItem(`${at}.${kind}.items[${index}]`, item), ...checkTwice(item.path ?? '', name));
    });
  }
  for (const item of source.downwardAPI?.items ?? []) {
    errors.push(...checkDownwardItem(`${at}.downwardAPI`, item), ...checkTwice(item.path ?? '', item.path ?? ''));
  }
  const token = source.serviceAccountToken;
  if (token !== undefined) errors.push(...checkToken(path, `${at}.serviceAccountToken`, token));
  const bundle = (source as { clusterTrustBundle?: TrustBundle }).clusterTrustBundle;
  if (bundle !== undefined) errors.push(...checkBundle(`${at}.clusterTrustBundle`, bundle, checkTwice));
  if (Object.keys(source).length > 1) {
    errors.push(forbiddenField(at, 'may not specify more than 1 volume type per source'));
  }
  return errors;
}

/** The token's own path is told as if it were the volume's. */
function checkToken(path: string, at: string, token: { expirationSeconds?: number; path: string }): FieldError[] {
  const errors: FieldError[] = [];
  const seconds = token.expirationSeconds ?? 3600;
  const field = `${at}.expirationSeconds`;
  if (seconds < 600) errors.push(invalidField(field, seconds, 'may not specify a duration less than 10 minutes'));
  if (seconds > 2 ** 32) {
    errors.push(invalidField(field, seconds, 'may not specify a duration larger than 2^32 seconds'));
  }
  if ((token.path ?? '') === '') return [...errors, requiredField(`${path}.path`)];
  return [...errors, ...checkLocalFile(`${path}.path`, token.path)];
}

interface TrustBundle {
  name?: string;
  signerName?: string;
  path?: string;
}

function checkBundle(path: string, bundle: TrustBundle, checkTwice: CheckTwice): FieldError[] {
  const { name, signerName, path: file = '' } = bundle;
  const errors: FieldError[] = [];
  if (name === undefined && signerName === undefined) {
    errors.push(requiredField(path, 'either name or signerName must be specified'));
  }
  if (file === '') errors.push(requiredField(`${path}.path`));
  return [...errors, ...checkLocalFile(`${path}.path`, file), ...checkTwice(file, file)];
}
