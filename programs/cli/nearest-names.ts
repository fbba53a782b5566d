/** Says that there is no such thing and which names are near to it: `there is no application "wordpres"; did you mean "wordpress"?` */
export function describeUnknown(what: string, name: string, names: readonly string[]): string {
  const near = nearestNames(name, names);
  const hint = near.length === 0 ? '' : `; did you mean ${near.map((item) => `"${item}"`).join(' or ')}?`;
  return `there is no ${what} "${name}"${hint}`;
}

/** Names that a slip of the keys may have made this one from, the likeliest first. */
export function nearestNames(name: string, names: readonly string[]): string[] {
  const wanted = name.toLowerCase();
  const allowed = Math.max(1, Math.floor(name.length / 3));
  return names
    .map((candidate) => ({ candidate, distance: distanceOf(wanted, candidate.toLowerCase()) }))
    .filter(({ candidate, distance }) => distance <= allowed || (wanted.length > 2 && candidate.startsWith(wanted)))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ candidate }) => candidate);
}

/** How many letters are to be put in, left out, replaced or swapped with their neighbour to make one text the other. */
function distanceOf(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? (beforePrevious[j - 2] ?? 0) + 1 : Infinity;
      row[j] = Math.min(replaced, swapped, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1);
    }
    beforePrevious = previous;
    previous = row;
  }
  return previous[b.length] ?? 0;
}
