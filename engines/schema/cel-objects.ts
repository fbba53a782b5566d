/**
 * CEL's library cannot make objects of a named type. An expression that does, such as
 * `Object{spec: Object.spec{replicas: 3}}` or `[JSONPatch{op: "remove", path: "/spec"}]`, becomes one that makes maps:
 * `{"spec": {"replicas": 3}}`. Texts and comments stay as they are.
 */
export function writeObjectsAsMaps(text: string): string {
  const open: string[] = [];
  let before = '';
  return text.replace(token, (found: string) => {
    const last = before;
    if (found.trim() !== '' && !found.startsWith('//')) before = found;
    if (typeName.test(found)) {
      before = '{';
      open.push('object');
      return '{';
    }
    if ('([{'.includes(found)) open.push(found);
    else if (')]}'.includes(found)) open.pop();
    const namesField = open.at(-1) === 'object' && (last === '{' || last === ',') && /^\w+$/.test(found);
    return namesField ? JSON.stringify(unescapeName(found)) : found;
  });
}

/** Texts, comments, the name of an object's type with its brace, words, blanks, and single signs. */
const token =
  /[rR]?(?:""".*?"""|'''.*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|\/\/[^\n]*|\b(?:Object(?:\.\w+)*|JSONPatch)\s*\{|\w+|\s+|./gsu;

const typeName = /^(?:Object(?:\.\w+)*|JSONPatch)\s*\{$/;

const escapes: Readonly<Record<string, string>> = { underscores: '__', dot: '.', dash: '-', slash: '/' };

/** A field's name as it is written outside of CEL: `a-b` for `a__dash__b`. */
function unescapeName(name: string): string {
  const keyword = /^__([a-z]+)__$/.exec(name)?.[1];
  if (keyword !== undefined && escapes[keyword] === undefined) return keyword;
  return name.replace(/__(underscores|dot|dash|slash)__/g, (_found, sign: string) => escapes[sign] ?? '');
}
