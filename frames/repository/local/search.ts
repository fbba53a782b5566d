import { errorMessage } from '@croft/foundation/errors';
import { parseConstraint, satisfies } from '@croft/helm/semver/constraint';
import { compareVersions, findVersion } from '@croft/helm/semver/version';
import { RE2JS } from 're2js';
import type { ChartVersion } from '../index/chart-version.ts';
import type { RepositoryIndex } from '../index/index-file.ts';

export interface SearchQuery {
  /** '' finds everything. */
  term: string;
  /** The term is a regular expression (RE2). */
  isPattern: boolean;
  /** Versions that are wanted. */
  range: string;
  /** All versions that are found, not the newest of each chart. */
  allVersions: boolean;
}

export interface SearchResult {
  /** `REPOSITORY/CHART` */
  name: string;
  version: ChartVersion;
  /** Where the term stands: 0 the chart's name, 1 the name with its repository, 2 the description, 3 the keywords. */
  score: number;
}

/**
 * Searches indexes as `helm search repo` does: best place first, then by name, newest first. Throws when the range or the
 * pattern is none.
 */
export function searchIndexes(indexes: ReadonlyMap<string, RepositoryIndex>, query: SearchQuery): SearchResult[] {
  const accepts = parseRange(query.range);
  const find = matcher(query);
  const results: SearchResult[] = [];
  for (const [repository, index] of indexes) {
    for (const chart of index.names) {
      for (const version of index.eachVersion(chart)) {
        const score = find([
          chart,
          `${repository}/${chart}`,
          version.metadata.description,
          version.metadata.keywords.join(' '),
        ]);
        if (score === undefined || !accepts(version.metadata.version)) continue;
        results.push({ name: `${repository}/${chart}`, version, score });
        if (!query.allVersions) break;
      }
    }
  }
  return results.sort(compareResults);
}

function parseRange(range: string): (version: string) => boolean {
  try {
    const constraint = parseConstraint(range);
    return (text) => {
      const version = findVersion(text);
      return version !== undefined && satisfies(constraint, version);
    };
  } catch (error) {
    throw new Error(`an invalid version/constraint format: ${errorMessage(error)}`, { cause: error });
  }
}

/** Gives the number of the text in which the term begins; to Helm they are one line, which patterns see whole. */
function matcher({ term, isPattern }: SearchQuery): (texts: readonly string[]) => number | undefined {
  if (term === '') return () => 0;
  const find = isPattern ? patternSearch(term) : (line: string) => line.toLowerCase().indexOf(term.toLowerCase());
  return (texts) => {
    const line = texts.join(SEPARATOR);
    const at = find(line);
    return at < 0 ? undefined : line.slice(0, at).split(SEPARATOR).length - 1;
  };
}

const SEPARATOR = '\v';

function patternSearch(pattern: string): (text: string) => number {
  const compiled = RE2JS.compile(pattern);
  return (text) => {
    const matcher = compiled.matcher(text);
    return matcher.find() ? matcher.start() : -1;
  };
}

function compareResults(a: SearchResult, b: SearchResult): number {
  if (a.score !== b.score) return a.score - b.score;
  if (a.name !== b.name) return a.name < b.name ? -1 : 1;
  const [left, right] = [findVersion(a.version.metadata.version), findVersion(b.version.metadata.version)];
  return left === undefined || right === undefined ? 0 : compareVersions(right, left);
}
