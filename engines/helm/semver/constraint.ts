import { comparePrereleases, compareVersions, findVersion, parseVersion, type Version } from './version.ts';

/** One comparison of a constraint. `wild` names the first part that was left out or written as x. */
interface Comparison {
  operator: string;
  version: Version;
  wild: 'none' | 'major' | 'minor' | 'patch';
}

/** Ranges that must hold together, and alternatives of those; as Masterminds/semver 3.4 reads them. */
export type Constraint = readonly (readonly Comparison[])[];

const versionPattern =
  'v?([0-9|x|X|*]+)(\\.[0-9|x|X|*]+)?(\\.[0-9|x|X|*]+)?(-([0-9A-Za-z-]+(\\.[0-9A-Za-z-]+)*))?(\\+([0-9A-Za-z-]+(\\.[0-9A-Za-z-]+)*))?';
const operators = '=||!=|>|<|>=|=>|<=|=<|~|~>|\\^';
const space = '[\\t\\n\\f\\r ]';
const hyphenRange = new RegExp(`${space}*(${versionPattern})${space}+-${space}+(${versionPattern})${space}*`, 'g');
const single = new RegExp(`^${space}*(${operators})${space}*(${versionPattern})${space}*$`);
const each = new RegExp(`(${operators})${space}*(${versionPattern})`, 'g');
const valid = new RegExp(
  `^(${space}*(${operators})${space}*(${versionPattern})${space}*)((?:${space}+|,${space}*)(${operators})${space}*(${versionPattern})${space}*)*$`,
);

/** Throws when the text is no constraint. */
export function parseConstraint(text: string): Constraint {
  const plain = text.replace(hyphenRange, (_match, low: string, ...rest: string[]) => `>= ${low}, <= ${rest[9]} `);
  return plain.split('||').map((part) => {
    if (!valid.test(part)) throw new Error(`improper constraint: ${part}`);
    return Array.from(part.matchAll(each), ([match]) => parseComparison(match));
  });
}

function parseComparison(text: string): Comparison {
  const match = single.exec(text);
  if (match === null) throw new Error(`improper constraint: ${text}`);
  const [, operator = '', original = '', major = '', minor = '', patch = '', suffix = ''] = match;
  const wild = isWild(major) ? 'major' : isWild(minor) ? 'minor' : isWild(patch) ? 'patch' : 'none';
  const texts = {
    none: original,
    major: `0.0.0${suffix}`,
    minor: `${major}.0.0${suffix}`,
    patch: `${major}${minor}.0${suffix}`,
  };
  const version = findVersion(texts[wild]);
  if (version === undefined) throw new Error('constraint parser error');
  return { operator, version, wild };
}

function isWild(part: string): boolean {
  return part === '' || /^\.?[xX*]$/.test(part);
}

/** Whether the version fits one of the alternatives; prereleases only fit those that name one. */
export function satisfies(constraint: Constraint, version: Version): boolean {
  return constraint.some((comparisons) => {
    const withPrereleases = comparisons.some((comparison) => comparison.version.prerelease !== '');
    if (version.prerelease !== '' && !withPrereleases) return false;
    return comparisons.every((comparison) => check(comparison, version));
  });
}

/** Whether both can be read and fit: chartutil.IsCompatibleRange. */
export function isCompatible(constraint: string, version: string): boolean {
  try {
    return satisfies(parseConstraint(constraint), parseVersion(version));
  } catch {
    return false;
  }
}

function check(comparison: Comparison, version: Version): boolean {
  const { operator, version: bound, wild } = comparison;
  const order = compareVersions(version, bound);
  switch (operator) {
    case '':
    case '=':
      return wild === 'none' ? order === 0 : isWithinTilde(version, bound, wild);
    case '!=':
      return isOther(version, bound, wild);
    case '>':
      return isAbove(version, bound, wild);
    case '<':
      return order < 0;
    case '>=':
    case '=>':
      return order >= 0;
    case '<=':
    case '=<':
      return isAtMost(version, bound, wild);
    case '~':
    case '~>':
      return isWithinTilde(version, bound, wild);
    default:
      return isWithinCaret(version, bound, wild);
  }
}

type Wild = Comparison['wild'];

function isOther(version: Version, bound: Version, wild: Wild): boolean {
  if (wild === 'none') return compareVersions(version, bound) !== 0;
  if (bound.major !== version.major) return true;
  if (wild === 'minor') return false;
  if (bound.minor !== version.minor) return true;
  if (wild !== 'patch') return compareVersions(version, bound) !== 0;
  if (version.prerelease === '' && bound.prerelease === '') return false;
  return comparePrereleases(version.prerelease, bound.prerelease) !== 0;
}

function isAbove(version: Version, bound: Version, wild: Wild): boolean {
  if (wild === 'none') return compareVersions(version, bound) > 0;
  if (version.major !== bound.major) return version.major > bound.major;
  if (wild === 'minor') return false;
  if (wild === 'patch') return version.minor > bound.minor;
  return compareVersions(version, bound) > 0;
}

function isAtMost(version: Version, bound: Version, wild: Wild): boolean {
  if (wild === 'none') return compareVersions(version, bound) <= 0;
  if (version.major !== bound.major) return version.major < bound.major;
  return version.minor <= bound.minor || wild === 'minor';
}

function isWithinTilde(version: Version, bound: Version, wild: Wild): boolean {
  if (compareVersions(version, bound) < 0) return false;
  const isZero = bound.major === 0n && bound.minor === 0n && bound.patch === 0n;
  if (isZero && wild !== 'minor' && wild !== 'patch') return true;
  if (version.major !== bound.major) return false;
  return version.minor === bound.minor || wild === 'minor';
}

function isWithinCaret(version: Version, bound: Version, wild: Wild): boolean {
  if (compareVersions(version, bound) < 0) return false;
  if (bound.major > 0n || wild === 'minor') return version.major === bound.major;
  if (version.major > 0n) return false;
  if (bound.minor > 0n || wild === 'patch') return version.minor === bound.minor;
  if (version.minor > 0n) return false;
  return version.patch === bound.patch;
}
