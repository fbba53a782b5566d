/** `json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32` */
const mismatch = /^json: cannot unmarshal (\w+)( \S+)? into Go .* of type (\S+)$/;

const goKinds: Readonly<Record<string, string>> = { number: 'int64', object: 'map', array: 'slice' };

/**
 * A wrong type in the words of Kubernetes' converter from maps to Go's types, which strategic merge patches go through
 * instead of JSON (apimachinery pkg/runtime/converter.go). Other errors stay as they are.
 */
export function conversionErrorText(decodeError: string): string {
  const [, json = '', amount = '', type = ''] = mismatch.exec(decodeError) ?? [];
  if (json === '') return decodeError;
  const kind = amount === '' ? (goKinds[json] ?? json) : 'float64';
  if (type.startsWith('map[')) return `cannot restore map from ${kind}`;
  if (type.startsWith('[]')) return `cannot restore slice from ${kind}`;
  if (!/^(u?int\d*|float\d+|string|bool)$/.test(type)) return `cannot restore struct from: ${kind}`;
  const converts = (kind === 'int64' && type === 'string') || (kind === 'float64' && type.includes('int'));
  return converts ? `cannot convert ${kind} to ${type}` : `unrecognized type: ${type}`;
}
