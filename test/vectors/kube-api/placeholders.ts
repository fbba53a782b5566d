/** Values that a scenario bound to its placeholders. */
export class Bindings {
  readonly #values = new Map<string, string>();

  /** A copy whose bindings can be thrown away: a try that fails binds nothing. */
  fork(): Bindings {
    const copy = new Bindings();
    for (const [name, value] of this.#values) copy.#values.set(name, value);
    return copy;
  }

  adopt(other: Bindings): void {
    for (const [name, value] of other.#values) this.#values.set(name, value);
  }

  get(name: string): string | undefined {
    return this.#values.get(name);
  }

  /** Undefined when the value fits: the same for the same name, another for another number of the same sort. */
  bind(name: string, value: string): string | undefined {
    const [sort = ''] = name.split(':');
    const known = this.#values.get(name);
    if (free.has(sort)) {
      this.#values.set(name, value);
      return undefined;
    }
    if (known !== undefined) return known === value ? undefined : `${name} was ${known}, is ${value}`;
    for (const [other, taken] of sort === 'created' ? [] : this.#values) {
      if (other.startsWith(`${sort}:`) && taken === value) return `${name} and ${other} are both ${value}`;
    }
    this.#values.set(name, value);
    return undefined;
  }

  /** Fills in what a request asks for. */
  substitute(text: string): string {
    return text.replace(placeholder, (whole, name: string) => this.#values.get(name) ?? whole);
  }
}

/** These tell of any value, and a request takes the latest. */
const free = new Set(['listrv', 'bmrv']);

const time = '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ';

const patterns: Record<string, string> = {
  uid: '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}',
  rv: '\\d+',
  listrv: '\\d+',
  bmrv: '\\d+',
  gen: '[a-z0-9]{5}',
  hash: '[a-z0-9]{5,10}',
  vol: '[a-z0-9]{5}',
  ip: '[0-9a-f.:]+',
  port: '\\d+',
  cont: '[A-Za-z0-9_=-]+',
  jwt: '[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+',
  created: time,
  ts: time,
  age: '(?:\\d+[smhdy])+',
  ca: '[\\s\\S]*',
  server: '\\S*',
};

const placeholder = /<([a-z]+:\d+)>/g;
const anyPlaceholder = /<(?:([a-z]+):(\d+|\?)|(ts|age|ca|server))>/g;

/** Whether `actual` is what `expected` says; otherwise why not. */
export function matchText(expected: string, actual: string, bindings: Bindings): string | undefined {
  const names: (string | undefined)[] = [];
  let source = '';
  let end = 0;
  for (const match of expected.matchAll(anyPlaceholder)) {
    const sort = match[1] ?? match[3] ?? '';
    const pattern = patterns[sort];
    if (pattern === undefined) continue;
    source += escapePattern(expected.slice(end, match.index));
    const bound = match[2] === undefined || match[2] === '?' ? undefined : `${sort}:${match[2]}`;
    names.push(bound);
    source += `(${pattern})`;
    end = match.index + match[0].length;
  }
  if (names.length === 0) return expected === actual ? undefined : 'differs';
  source += escapePattern(expected.slice(end));
  const found = new RegExp(`^${source}$`).exec(actual);
  if (found === null) return 'does not fit';
  for (const [index, name] of names.entries()) {
    if (name === undefined) continue;
    const problem = bindings.bind(name, found[index + 1] ?? '');
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
