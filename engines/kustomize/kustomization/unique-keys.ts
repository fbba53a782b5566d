import { resolveScalar } from '@croft/encoding/yaml/decode';
import { parseYaml, type YamlNode } from '@croft/encoding/yaml/parse';
import { convertYamlErrors } from '@croft/encoding/yaml/read';

/** Throws when a map of the YAML text has a key twice, as sigs.k8s.io/yaml does where it is strict. */
export function expectUniqueKeys(text: string): void {
  const node = convertYamlErrors(() => parseYaml(text));
  const problems = node === undefined ? [] : findRepeatedKeys(node);
  if (problems.length > 0) {
    throw new Error(`error converting YAML to JSON: yaml: unmarshal errors:\n  ${problems.join('\n  ')}`);
  }
}

function findRepeatedKeys(node: YamlNode): string[] {
  if (node.kind !== 'mapping') return node.children.flatMap(findRepeatedKeys);
  const problems: string[] = [];
  const known = new Set<unknown>();
  for (let i = 0; i + 1 < node.children.length; i += 2) {
    const [key, value] = node.children.slice(i, i + 2) as [YamlNode, YamlNode];
    problems.push(...findRepeatedKeys(value));
    if (key.kind !== 'scalar') continue;
    const name = resolveScalar(key).value;
    if (known.has(name)) problems.push(`line ${value.line + 1}: key ${JSON.stringify(name)} already set in map`);
    known.add(name);
  }
  return problems;
}
