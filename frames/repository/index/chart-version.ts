import { type Fields, FLAG, listOf, readYamlStruct, TEXT } from '@croft/encoding/yaml/typed';
import { errorMessage } from '@croft/foundation/errors';
import type { ChartMetadata } from '@croft/helm/chart/chart';
import { fillMetadata, metadataFields } from '@croft/helm/chart/metadata';
import { validateMetadata } from '@croft/helm/chart/validate';
import { parseConstraint, satisfies } from '@croft/helm/semver/constraint';
import { compareVersions, findVersion } from '@croft/helm/semver/version';

/** One version of a chart, as a repository's index lists it. */
export interface ChartVersion {
  metadata: ChartMetadata;
  /** Absolute, or relative to the repository's URL. */
  urls: string[];
  /** SHA-256 of the archive in hexadecimal digits; '' when the index does not say. */
  digest: string;
  /** When it was added, as the index says it. */
  created: string;
}

const entryShape = {
  kind: 'struct',
  goType: 'repo.ChartVersion',
  fields: { ...metadataFields, urls: listOf(TEXT, '[]string'), created: TEXT, digest: TEXT, removed: FLAG },
} as const;

/** Reads one entry, in YAML or in JSON. Throws YamlReadError. */
export function parseChartVersion(text: string): ChartVersion {
  const fields = readYamlStruct(text, entryShape);
  const metadata = fillMetadata(fields);
  if (metadata.apiVersion === '') metadata.apiVersion = 'v1';
  return {
    metadata,
    urls: textsOf(fields, 'urls'),
    digest: textOf(fields, 'digest'),
    created: textOf(fields, 'created'),
  };
}

function textOf(fields: Fields, key: string): string {
  const value = fields.get(key);
  return typeof value === 'string' ? value : '';
}

function textsOf(fields: Fields, key: string): string[] {
  const list = fields.get(key);
  return Array.isArray(list) ? list.filter((item) => typeof item === 'string') : [];
}

/** Why Helm passes over the entry; undefined when it does not. */
export function findInvalid({ metadata }: ChartVersion): string | undefined {
  try {
    validateMetadata(metadata);
    return undefined;
  } catch (error) {
    const problem = errorMessage(error);
    // Some repositories leave aliases out of their index.
    return problem.startsWith('validation: more than one dependency with name or alias') ? undefined : problem;
  }
}

/** Newest first; what is no version comes last. */
export function sortVersions<T extends { metadata: { version: string } }>(versions: readonly T[]): T[] {
  const parsed = versions.map((entry) => ({ entry, version: findVersion(entry.metadata.version) }));
  parsed.sort((a, b) => {
    if (a.version === undefined || b.version === undefined) {
      return Number(a.version === undefined) - Number(b.version === undefined);
    }
    return compareVersions(b.version, a.version);
  });
  return parsed.map(({ entry }) => entry);
}

/**
 * The version that Helm takes of versions that stand newest first: the one that is named exactly, else the newest within
 * the range; '' is any that is no prerelease. Throws when the range is none.
 */
export function chooseVersion<T extends { metadata: { version: string } }>(
  versions: readonly T[],
  range: string,
): T | undefined {
  const constraint = parseConstraint(range === '' ? '*' : range);
  const exact = range === '' ? undefined : versions.find(({ metadata }) => metadata.version === range);
  return (
    exact ??
    versions.find(({ metadata }) => {
      const version = findVersion(metadata.version);
      return version !== undefined && satisfies(constraint, version);
    })
  );
}
