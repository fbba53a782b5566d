import { stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { sha256Hex } from '@croft/foundation/digest';
import { hasErrorCode } from '@croft/foundation/errors';
import type { Dependency } from '@croft/helm/chart/chart';
import { isSameUrl } from '../index/resolve-url.ts';
import { plainRepository, type RepositoryEntry } from '../local/repositories-file.ts';
import { UNNAMED } from '../local/update-indexes.ts';
import { isOci } from '../oci/reference.ts';

/** Where a dependency comes from. */
export type DependencySource =
  /** It lies in `charts/` already. */
  | { kind: 'charts' }
  | { kind: 'folder'; path: string }
  | { kind: 'registry' }
  /** `added`: it is one of the user's own repositories. */
  | { kind: 'repository'; entry: RepositoryEntry; added: boolean };

export interface Required {
  /** As Chart.yaml has it, but with the repository's URL for its alias. */
  dependency: Dependency;
  source: DependencySource;
}

/**
 * Finds the sources of a chart's dependencies among the repositories that were added; `@NAME` and `alias:NAME` name one of
 * them. Throws in Helm's words when there is no such repository or folder.
 */
export async function findSources(
  dependencies: readonly Dependency[],
  repositories: readonly RepositoryEntry[],
  chartFolder: string,
): Promise<Required[]> {
  const found: Required[] = [];
  const missing: string[] = [];
  for (const dependency of dependencies) {
    const { repository } = dependency;
    if (repository === '') found.push({ dependency, source: { kind: 'charts' } });
    else if (repository.startsWith('file://')) {
      found.push({ dependency, source: { kind: 'folder', path: await localFolder(repository, chartFolder) } });
    } else if (isOci(repository)) found.push({ dependency, source: { kind: 'registry' } });
    else {
      const entry = findRepository(repository, repositories);
      const url = entry !== undefined && aliasOf(repository) !== undefined ? entry.url : repository;
      if (entry === undefined && !/^([a-z][a-z0-9+.-]*:\/\/|\/)/i.test(repository)) missing.push(repository);
      const source = { kind: 'repository', entry: entry ?? unnamed(url), added: entry !== undefined } as const;
      found.push({ dependency: { ...dependency, repository: url }, source });
    }
  }
  if (missing.length > 0) throw new Error(describeMissing(missing));
  return found;
}

function findRepository(reference: string, repositories: readonly RepositoryEntry[]): RepositoryEntry | undefined {
  const alias = aliasOf(reference);
  return repositories.find(({ name, url }) => (alias === undefined ? isSameUrl(url, reference) : name === alias));
}

/** The name of a repository that was added. */
function aliasOf(reference: string): string | undefined {
  return /^(?:@|alias:)(.*)$/.exec(reference)?.[1];
}

/** Helm caches the index of a repository that was not added under a name of its own. */
function unnamed(url: string): RepositoryEntry {
  return plainRepository(`${UNNAMED}${sha256Hex(url)}`, url);
}

function describeMissing(missing: readonly string[]): string {
  const problem = `no repository definition for ${missing.join(', ')}. Please add them via 'helm repo add'`;
  const isName = (text: string) => !text.includes('//') && !/^(@|alias:)/.test(text);
  if (!missing.some(isName)) return problem;
  return `${problem}
Note that repositories must be URLs or aliases. For example, to refer to the "example"
repository, use "https://charts.example.com/" or "@example" instead of
"example". Don't forget to add the repo, too ('helm repo add').`;
}

/** The folder that `file://...` names, relative to the chart. Throws when it is not there. */
async function localFolder(repository: string, chartFolder: string): Promise<string> {
  const named = repository.replace(/^file:\/\//, '');
  const path = isAbsolute(named) ? named : join(chartFolder, named);
  try {
    await stat(path);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) throw new Error(`directory ${path} not found`);
    throw error;
  }
  return path;
}
