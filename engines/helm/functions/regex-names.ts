/** An expression without the names of its groups, and which groups have each name: Go lets several share one. */
export function takeGroupNames(expression: string): { source: string; names: Map<string, number[]> } {
  const names = new Map<string, number[]>();
  let group = 0;
  const part = /\\Q.*?(?:\\E|$)|\\.|\[\^?\]?(?:\\.|\[:\^?\w+:\]|[^\]\\])*\]|\(\?P?<(\w+)>|\(\?|\(/gs;
  const source = expression.replace(part, (text, name: string | undefined) => {
    if (name !== undefined) {
      group++;
      names.set(name, [...(names.get(name) ?? []), group]);
      return '(';
    }
    if (text === '(') group++;
    return text;
  });
  return { source, names };
}
