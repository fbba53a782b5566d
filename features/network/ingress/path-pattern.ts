import { RE2JS } from 're2js';

/** Everything that Go's regular expressions give a meaning to. */
const special = /[\\.+*?()|[\]{}^$]/g;

/**
 * The regular expression (RE2) for a path of an Ingress; undefined matches every path. Paths are case-sensitive, and a
 * prefix ends at a slash (Ingress API); patterns, which ingress-nginx allows for `ImplementationSpecific` and with
 * `use-regex`, are not and need not. Throws when a pattern is broken.
 */
export function renderPathPattern(path: string, pathType: string, useRegex: boolean): string | undefined {
  if (useRegex && pathType !== 'Exact') {
    const pattern = `(?i)^${path}`;
    RE2JS.compile(pattern);
    return pattern;
  }
  const plain = path.replaceAll(special, '\\$&');
  if (pathType === 'Exact') return `^${plain}$`;
  const prefix = plain.replace(/\/+$/, '');
  return prefix === '' ? undefined : `^${prefix}(?:/|$)`;
}
