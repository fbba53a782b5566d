import { errorMessage } from '@croft/foundation/errors';
import { type Constraint, parseConstraint, satisfies } from '@croft/helm/semver/constraint';
import { compareVersions, findVersion, type Version } from '@croft/helm/semver/version';
import type { PolicyChoice } from './types.ts';

/** The policy itself is wrong: no tags could mend it. */
export class InvalidPolicy extends Error {
  override readonly name = 'InvalidPolicy';
}

/** The latest of the tags by the policy. Throws InvalidPolicy, or an Error when none of the tags will do. */
export function chooseLatest(tags: readonly string[], { semver, alphabetical, numerical }: PolicyChoice): string {
  if (semver !== undefined) return newestWithin(parseRange(semver.range), tags);
  if (alphabetical !== undefined) return last(tags, alphabetical.order, (a, b) => (a < b ? -1 : a > b ? 1 : 0));
  if (numerical !== undefined) return last(tags, numerical.order, compareNumbers);
  throw new InvalidPolicy('invalid policy: one of semver, alphabetical and numerical must be set');
}

function parseRange(range: string): Constraint {
  try {
    return parseConstraint(range);
  } catch (error) {
    throw new InvalidPolicy(`invalid policy: semver.range '${range}': ${errorMessage(error)}`);
  }
}

/** All three parts, none with a leading zero; a `v` may stand before them. */
const strictVersion = /^v?(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)([-+].+)?$/;

function newestWithin(constraint: Constraint, tags: readonly string[]): string {
  let newest: Version | undefined;
  for (const tag of tags) {
    const version = strictVersion.test(tag) ? findVersion(tag) : undefined;
    if (version === undefined || !satisfies(constraint, version)) continue;
    if (newest === undefined || compareVersions(version, newest) > 0) newest = version;
  }
  if (newest === undefined) throw new Error('unable to determine latest version from provided list');
  return newest.original;
}

function last(tags: readonly string[], order: string | undefined, compare: (a: string, b: string) => number): string {
  const sign = order === 'desc' ? -1 : 1;
  const [first, ...rest] = tags;
  if (first === undefined) throw new Error('version list argument cannot be empty');
  return rest.reduce((latest, tag) => (sign * compare(tag, latest) > 0 ? tag : latest), first);
}

/** Integers of any size exactly, others as doubles. */
function compareNumbers(a: string, b: string): number {
  const [left, right] = [parseNumber(a), parseNumber(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

function parseNumber(text: string): bigint | number {
  if (/^[0-9]+$/.test(text)) return BigInt(text);
  if (/^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$/.test(text)) return Number(text);
  throw new Error(`failed to parse invalid numeric value '${text}'`);
}
