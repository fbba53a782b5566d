import { join } from 'node:path';
import { errorMessage } from '@croft/foundation/errors';
import { exists } from '@croft/foundation/files';
import type { Dependency } from '@croft/helm/chart/chart';
import { readChart } from '@croft/helm/chart/load';
import { type Constraint, parseConstraint, satisfies } from '@croft/helm/semver/constraint';
import { findVersion } from '@croft/helm/semver/version';
import { readCachedIndex } from '../local/cached-index.ts';
import { type Access, connectRegistry, type LocalContext } from '../local/context.ts';
import { parseReference } from '../oci/reference.ts';
import { fetchTags, versionTags } from '../oci/tags.ts';
import type { Required } from './dependency-source.ts';

/** What choosing and fetching dependencies works with. */
export interface DependencyContext {
  /** The chart's folder. */
  folder: string;
  /** How registries are reached. */
  access: Access;
  local: LocalContext;
}

/**
 * Chooses one version of each dependency, the newest that fits: what Chart.lock lists. Throws in Helm's words, naming those
 * that no version fits.
 */
export async function lockVersions(required: readonly Required[], context: DependencyContext): Promise<Dependency[]> {
  const locked: Dependency[] = [];
  const missing: string[] = [];
  for (const one of required) {
    const { name, repository, version: range } = one.dependency;
    const version = await chooseFor(one, rangeOf(one.dependency), context);
    if (version === undefined) missing.push(`"${name}" (repository "${repository}", version "${range}")`);
    else locked.push(lockedDependency(name, repository, version));
  }
  if (missing.length > 0) {
    throw new Error(
      `can't get a valid version for ${missing.length} subchart(s): ${missing.join(', ')}. Make sure a matching chart version exists in the repo, or change the version constraint in Chart.yaml`,
    );
  }
  return locked;
}

export function lockedDependency(name: string, repository: string, version: string): Dependency {
  return { name, version, repository, condition: '', tags: [], enabled: false, importValues: [], alias: '' };
}

/** Throws when the version of a dependency is no range. */
export function rangeOf({ name, version }: Dependency): Constraint {
  try {
    return parseConstraint(version);
  } catch (error) {
    throw new Error(`dependency "${name}" has an invalid version/constraint format: ${errorMessage(error)}`, {
      cause: error,
    });
  }
}

async function chooseFor(
  { dependency, source }: Required,
  range: Constraint,
  context: DependencyContext,
): Promise<string | undefined> {
  const { name, repository, version } = dependency;
  switch (source.kind) {
    case 'charts':
      await requireFolder(join(context.folder, 'charts', name));
      return version;
    case 'folder':
      return [(await readChart(source.path)).metadata.version].find((one) => fits(range, one));
    case 'registry':
      if (findVersion(version) !== undefined) return version;
      return (await listTags(`${repository}/${name}`, context)).find((one) => fits(range, one));
    case 'repository': {
      const index = await readCachedIndex(source.entry.name, context.local);
      if (!index.names.includes(name)) throw new Error(`${name} chart not found in repo ${repository}`);
      for (const { metadata, urls } of index.eachVersion(name)) {
        if (urls.length > 0 && fits(range, metadata.version)) return metadata.version;
      }
      return undefined;
    }
  }
}

async function requireFolder(path: string): Promise<void> {
  if (!(await exists(path))) throw new Error(`directory ${path} not found`);
}

async function listTags(name: string, { access, local }: DependencyContext): Promise<string[]> {
  const { host, repository } = parseReference(name);
  try {
    const tags = await fetchTags(await connectRegistry(host, access, local), repository);
    return versionTags(tags).map(({ version }) => version);
  } catch (error) {
    throw new Error(`could not retrieve list of tags for repository ${name}: ${errorMessage(error)}`, { cause: error });
  }
}

/** Whether the text is a version within the range. */
export function fits(range: Constraint, text: string): boolean {
  const version = findVersion(text);
  return version !== undefined && satisfies(range, version);
}
