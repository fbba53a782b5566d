import { compilePattern } from '@croft/schema/patterns';
import { InvalidPolicy } from './choose-latest.ts';
import type { TagFilter } from './types.ts';

/** What is compared of each tag that fits, with the tag itself; of two with the same the later one. Throws InvalidPolicy. */
export function filterTags(tags: readonly string[], { pattern = '', extract = '' }: TagFilter): Map<string, string> {
  const compiled = compilePattern(pattern);
  if (compiled instanceof Error)
    throw new InvalidPolicy(
      `failed to filter tags: invalid regular expression pattern '${pattern}': ${compiled.message}`,
    );
  const names = compiled.namedGroups() as Record<string, number>;
  const compared = new Map<string, string>();
  for (const tag of tags) {
    const matcher = compiled.matcher(tag);
    if (!matcher.find()) continue;
    const group = (index: number) => (index <= matcher.groupCount() ? (matcher.group(index) ?? '') : '');
    compared.set(extract === '' ? tag : fillTemplate(extract, names, group), tag);
  }
  return compared;
}

/** `$1`, `${name}`, `$name` and `$$`, as Go's `Regexp.Expand` has them. */
function fillTemplate(template: string, names: Record<string, number>, group: (index: number) => string): string {
  return template.replace(/\$(?:\$|(\w+)|\{(\w+)\})/g, (whole, bare?: string, braced?: string) => {
    if (whole === '$$') return '$';
    const name = bare ?? braced ?? '';
    const index = /^[0-9]+$/.test(name) ? Number(name) : names[name];
    return index === undefined ? '' : group(index);
  });
}
