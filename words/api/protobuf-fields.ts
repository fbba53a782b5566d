import { readFileSync } from 'node:fs';

/** The fields of one message: names by number; a nested message whose fields JSON shows beside the others. */
export type MessageLayout = ReadonlyMap<number, string | MessageLayout>;

let layouts: Map<string, MessageLayout> | undefined;

/** The protobuf fields of a definition such as `core.v1.Pod`; undefined for types that have no protobuf form. */
export function findMessageLayout(definition: string): MessageLayout | undefined {
  layouts ??= readLayouts();
  return layouts.get(definition);
}

function readLayouts(): Map<string, MessageLayout> {
  const lines = readFileSync(new URL('protobuf-fields.txt', import.meta.url), 'utf8').split('\n');
  const found = new Map<string, MessageLayout>();
  let section = '';
  for (const line of lines) {
    if (line === '' || line.startsWith('#')) continue;
    if (!line.startsWith(' ')) {
      section = line;
      continue;
    }
    const [name = '', ...words] = line.trim().split(' ');
    found.set(`${section}.${name}`, parseLayout(words.values()));
  }
  return found;
}

function parseLayout(words: Iterator<string>): MessageLayout {
  const layout = new Map<number, string | MessageLayout>();
  let next = 1;
  for (let { value, done } = words.next(); done !== true && value !== ')'; { value, done } = words.next()) {
    if (value.endsWith(':')) next = Number(value.slice(0, -1));
    else {
      layout.set(next, value === '(' ? parseLayout(words) : value);
      next += 1;
    }
  }
  return layout;
}
