import { parseConstraint, satisfies } from '@croft/helm/semver/constraint';
import { compareVersions, findVersion, formatVersion, parseVersion, type Version } from '@croft/helm/semver/version';
import { readBody } from '../http/body.ts';
import { FetchError } from '../http/fetch-error.ts';
import { type Registry, requireAnswer } from './registry.ts';

const mostBytes = 16 * 1024 * 1024;
const mostPages = 1000;

/** All tags of a repository, in the registry's order. Throws FetchError. */
export async function fetchTags(registry: Registry, repository: string): Promise<string[]> {
  const tags: string[] = [];
  let path: string | undefined = `/v2/${repository}/tags/list`;
  for (let page = 0; path !== undefined; page++) {
    const response = await registry.send({ path }, `repository:${repository}:pull`);
    await requireAnswer(response, 200);
    if (page >= mostPages) throw new FetchError(response.url, `the list of tags has more than ${mostPages} pages`);
    tags.push(...parseTags(await readBody(response, mostBytes), response.url));
    path = nextPage(response.headers.link, response.url);
  }
  return tags;
}

function parseTags(body: Buffer, url: string): string[] {
  let answer: unknown;
  try {
    answer = JSON.parse(body.toString('utf8'));
  } catch {
    throw new FetchError(url, 'the list of tags is no JSON');
  }
  const tags: unknown = typeof answer === 'object' && answer !== null && 'tags' in answer ? answer.tags : null;
  if (tags === null) return [];
  if (!Array.isArray(tags)) throw new FetchError(url, 'the list of tags is no list');
  return tags.filter((tag) => typeof tag === 'string');
}

/** The path that a Link header names as the next page; it stays with the registry. */
function nextPage(link: string | string[] | undefined, url: string): string | undefined {
  const [, target] = /<([^>]*)>\s*;[^,]*rel="?next"?/.exec(String(link ?? '')) ?? [];
  if (target === undefined) return undefined;
  const { pathname, search } = new URL(target, url);
  return `${pathname}${search}`;
}

const strict =
  /^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$/;

/** Whether the text is a version of semver.org in full, as Masterminds' StrictNewVersion wants it. */
export function isStrictVersion(text: string): boolean {
  return strict.test(text) && findVersion(text) !== undefined;
}

export interface TagVersion {
  tag: string;
  /** The version in full; `+` stands where the tag has `_`. */
  version: string;
}

/** Those tags that are versions, newest first. `allowV`: also with a `v` before them, as Flux does and Helm does not. */
export function versionTags(tags: readonly string[], { allowV = false } = {}): TagVersion[] {
  const found: (TagVersion & { parsed: Version })[] = [];
  for (const tag of tags) {
    const text = tag.replaceAll('_', '+').replace(allowV ? /^v/ : /^$/, '');
    if (!isStrictVersion(text)) continue;
    const parsed = parseVersion(text);
    found.push({ tag, version: formatVersion(parsed), parsed });
  }
  found.sort((a, b) => compareVersions(b.parsed, a.parsed));
  return found.map(({ tag, version }) => ({ tag, version }));
}

/** The newest tag within the range, or the one that is it exactly; '' is any that is no prerelease. Throws when the range is none. */
export function chooseTag(tags: readonly TagVersion[], range: string): TagVersion | undefined {
  const exact = range === '' ? undefined : tags.find(({ version }) => version === range);
  if (exact !== undefined) return exact;
  const constraint = parseConstraint(range === '' ? '*' : range);
  return tags.find(({ version }) => satisfies(constraint, parseVersion(version)));
}
