/** A chart's URL as its index has it, made absolute; a query of the repository's URL stays with relative ones. Throws when it is none. */
export function resolveUrl(repository: string, reference: string): string {
  if (/^[a-zA-Z][a-zA-Z0-9+.-]*:/.test(reference)) return reference;
  if (!URL.canParse(repository)) throw new Error(`invalid chart URL format: ${repository}`);
  const base = new URL(repository);
  const { search } = base;
  base.pathname = `${base.pathname.replace(/\/$/, '')}/`;
  if (!URL.canParse(reference, base)) throw new Error(`failed to parse ${reference} as URL`);
  const resolved = new URL(reference, base);
  resolved.search = search;
  return resolved.href;
}

/** Whether two URLs name the same place: a slash at the end does not count. */
export function isSameUrl(a: string, b: string): boolean {
  return normalize(a) === normalize(b);
}

function normalize(url: string): string {
  if (!URL.canParse(url)) return url;
  const parsed = new URL(url);
  parsed.pathname = parsed.pathname.replace(/\/+/g, '/').replace(/(.)\/$/, '$1');
  return parsed.href.replace(/\/$/, '');
}
