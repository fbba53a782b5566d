import type { LabelSelector } from '@croft/api/types';

const signs: Record<string, string> = { In: 'in', NotIn: 'notin' };

/** A LabelSelector as text: `app=web,tier in (a,b)`, in the order of the keys. */
export function renderSelector({ matchLabels = {}, matchExpressions = [] }: LabelSelector): string {
  const labels = Object.entries(matchLabels).map(([key, value]) => ({ key, text: `${key}=${value}` }));
  const expressions = matchExpressions.map(({ key, operator, values = [] }) => {
    const sign = signs[operator];
    if (sign !== undefined) return { key, text: `${key} ${sign} (${[...values].sort().join(',')})` };
    return { key, text: operator === 'Exists' ? key : `!${key}` };
  });
  return [...labels, ...expressions]
    .sort((left, right) => (left.key < right.key ? -1 : left.key > right.key ? 1 : 0))
    .map(({ text }) => text)
    .join(',');
}
