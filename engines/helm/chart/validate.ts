import { quoteString } from '@croft/gotemplate/fmt/quote';
import { findVersion } from '../semver/version.ts';
import type { ChartMetadata, Dependency } from './chart.ts';

/** A Chart.yaml that Helm refuses. */
export class ChartValidationError extends Error {
  override readonly name = 'ChartValidationError';
  constructor(problem: string) {
    super(`validation: ${problem}`);
  }
}

/** Takes out of every text what cannot be printed, then checks the metadata as Helm does. Throws ChartValidationError. */
export function validateMetadata(metadata: ChartMetadata, helmVersion: 3 | 4 = 3): void {
  cleanMetadata(metadata);
  const { name, version, type } = metadata;
  if (metadata.apiVersion === '') throw new ChartValidationError('chart.metadata.apiVersion is required');
  if (name === '') throw new ChartValidationError('chart.metadata.name is required');
  if (helmVersion === 4 && (name === '.' || name === '..')) {
    throw new ChartValidationError(`chart.metadata.name ${quoteString(name)} is not allowed`);
  }
  if (name !== baseName(name)) throw new ChartValidationError(`chart.metadata.name ${quoteString(name)} is invalid`);
  if (version === '') throw new ChartValidationError('chart.metadata.version is required');
  if (findVersion(version) === undefined) {
    throw new ChartValidationError(`chart.metadata.version ${quoteString(version)} is invalid`);
  }
  if (!['', 'application', 'library'].includes(type)) {
    throw new ChartValidationError('chart.metadata.type must be application or library');
  }
  if (metadata.maintainers.includes(null)) {
    throw new ChartValidationError('maintainers must not contain empty or null nodes');
  }
  validateDependencies(metadata.dependencies ?? []);
}

/** filepath.Base */
function baseName(path: string): string {
  const trimmed = path.replace(/\/+$/, '');
  if (trimmed === '') return path === '' ? '.' : '/';
  return trimmed.slice(trimmed.lastIndexOf('/') + 1);
}

function validateDependencies(dependencies: readonly (Dependency | null)[]): void {
  const seen = new Set<string>();
  for (const dependency of dependencies) {
    if (dependency === null) throw new ChartValidationError('dependencies must not contain empty or null nodes');
    const { name, alias } = dependency;
    if (alias !== '' && !/^[a-zA-Z0-9_-]+$/.test(alias)) {
      throw new ChartValidationError(`dependency ${quoteString(name)} has disallowed characters in the alias`);
    }
    const key = alias === '' ? name : alias;
    if (seen.has(key)) {
      throw new ChartValidationError(`more than one dependency with name or alias ${quoteString(key)}`);
    }
    seen.add(key);
  }
}

function cleanMetadata(metadata: ChartMetadata): void {
  for (const key of [
    'name',
    'description',
    'home',
    'icon',
    'condition',
    'tags',
    'appVersion',
    'kubeVersion',
  ] as const) {
    metadata[key] = cleanText(metadata[key]);
  }
  metadata.sources = metadata.sources.map(cleanText);
  metadata.keywords = metadata.keywords.map(cleanText);
  for (const maintainer of metadata.maintainers) {
    if (maintainer === null) continue;
    for (const key of ['name', 'email', 'url'] as const) maintainer[key] = cleanText(maintainer[key]);
  }
  for (const dependency of metadata.dependencies ?? []) {
    if (dependency === null) continue;
    for (const key of ['name', 'version', 'repository', 'condition'] as const)
      dependency[key] = cleanText(dependency[key]);
    dependency.tags = dependency.tags.map(cleanText);
  }
}

const spaces = /[\t-\r\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/gu;
const unprintable = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu;

/** Spaces of any kind become plain ones; what cannot be printed goes. */
function cleanText(text: string): string {
  return /^[ -~]*$/.test(text) ? text : text.replace(spaces, ' ').replace(unprintable, '');
}
