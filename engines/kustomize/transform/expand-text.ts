export type VariableValue = string | number | boolean;

/**
 * Puts values where `$(NAME)` stands; unknown names stay, `$$` is one `$`. A text that is a single reference becomes
 * the value itself, number or boolean too.
 */
export function expandText(text: string, find: (name: string) => VariableValue | undefined): VariableValue {
  let out = '';
  let at = 0;
  while (at < text.length) {
    const dollar = text.indexOf('$', at);
    if (dollar < 0 || dollar === text.length - 1) break;
    out += text.slice(at, dollar);
    const close = text[dollar + 1] === '(' ? text.indexOf(')', dollar + 2) : -1;
    if (close >= 0) {
      const reference = text.slice(dollar, close + 1);
      const value = find(text.slice(dollar + 2, close));
      if (reference === text) return value ?? text;
      out += value ?? reference;
      at = close + 1;
    } else {
      out += text[dollar + 1] === '$' ? '$' : text.slice(dollar, dollar + 2);
      at = dollar + 2;
    }
  }
  return out + text.slice(at);
}
