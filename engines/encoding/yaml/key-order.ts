const letter = /^\p{L}$/u;
const digit = /^\p{Nd}$/u;

/** The order in which go-yaml writes keys: letters by code, numbers within names by value, other characters first. */
export function compareYamlKeys(left: string, right: string): number {
  if (left === right) return 0;
  const a = Array.from(left);
  const b = Array.from(right);
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a[i] as string;
    const y = b[i] as string;
    if (x !== y) return compareAt(a, b, i, x, y);
  }
  return a.length - b.length;
}

function compareAt(a: string[], b: string[], at: number, x: string, y: string): number {
  const xLetter = letter.test(x);
  const yLetter = letter.test(y);
  if (xLetter && yLetter) return codeOf(x) - codeOf(y);
  if (xLetter || yLetter) return yLetter ? -1 : 1;
  const base = (x === '0' || y === '0') && followsNumber(a, at) ? 1n : 0n;
  const left = readNumber(a, at, base);
  const right = readNumber(b, at, base);
  if (left.value !== right.value) return left.value < right.value ? -1 : 1;
  if (left.end !== right.end) return left.end - right.end;
  return codeOf(x) - codeOf(y);
}

function codeOf(char: string): number {
  return char.codePointAt(0) ?? 0;
}

function followsNumber(chars: string[], at: number): boolean {
  for (let i = at - 1; i >= 0 && digit.test(chars[i] ?? ''); i--) if (chars[i] !== '0') return true;
  return false;
}

function readNumber(chars: string[], from: number, base: bigint): { value: bigint; end: number } {
  let value = base;
  let end = from;
  for (; end < chars.length && digit.test(chars[end] ?? ''); end++) {
    value = BigInt.asIntN(64, value * 10n + BigInt(codeOf(chars[end] ?? '0') - 48));
  }
  return { value, end };
}
