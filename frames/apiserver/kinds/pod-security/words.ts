/** `container "a"`, `containers "a", "b"`. */
export const named = (names: readonly string[], what = 'container') => `${plural(names, what)} ${quoted(names)}`;

export const plural = (some: readonly unknown[], what: string) => `${what}${some.length === 1 ? '' : 's'}`;

export const uses = (some: readonly unknown[]) => (some.length === 1 ? 'uses' : 'use');

export const quoted = (texts: readonly string[]) => texts.map((text) => `"${text}"`).join(', ');
