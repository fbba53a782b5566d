/** Where the versions of each chart stand in the text of an index. */
export interface SplitIndex {
  apiVersion: string;
  charts: Map<string, ChartText>;
}

/** The list of a chart's versions, as it stands in the index. */
export interface ChartText {
  text: string;
  /** Number of the line where the text begins, from 1. */
  line: number;
}

const keyLine = /^ *(?:"([^"\\]+)"|'([^']+)'|([^\s"'&*!|>%@`{[#:-][^\s:#]*)) *:[ \t]*(?:\[\][ \t]*)?(?:#.*)?\r?$/;
const SPACE = 32;

/**
 * Finds the charts of an index in YAML by the indentation of its lines, without parsing it: indexes of tens of megabytes
 * are common, and one chart of them is wanted. undefined when the text is not laid out as programs do it. Gives way to
 * others now and then.
 */
export async function splitYaml(text: string, pause: () => Promise<void>): Promise<SplitIndex | undefined> {
  const found: SplitIndex = { apiVersion: '', charts: new Map() };
  let within = false;
  let level = -1;
  let open: { name: string; start: number; line: number } | undefined;
  const close = (end: number) => {
    if (open !== undefined) found.charts.set(open.name, { text: text.slice(open.start, end), line: open.line });
    open = undefined;
  };
  for (let at = 0, line = 1; at < text.length; line++) {
    const end = endOfLine(text, at);
    const indent = countSpaces(text, at);
    const first = text.charCodeAt(at + indent);
    if (line % 20_000 === 0) await pause();
    if (isFiller(first)) {
      // belongs to whatever it stands in
    } else if (indent === 0) {
      if (first === 0x2d && within && !text.startsWith('---', at)) return undefined;
      close(at);
      const key = /^([A-Za-z]+):[ \t]*(.*?)\r?$/.exec(text.slice(at, end));
      within = key?.[1] === 'entries';
      if (within && !/^(\{\}|#.*)?$/.test(key?.[2]?.trim() ?? '')) return undefined;
      if (key?.[1] === 'apiVersion') found.apiVersion = (key[2] ?? '').replace(/^(["'])(.*)\1$/, '$2');
    } else if (within) {
      if (level < 0) level = indent;
      if (indent < level || first === 9) return undefined;
      if (indent === level && !isDash(text, at + indent)) {
        close(at);
        const [match, double, single, plain] = keyLine.exec(text.slice(at, end)) ?? [];
        if (match === undefined) return undefined;
        open = { name: double ?? single ?? plain ?? '', start: end + 1, line: line + 1 };
      }
    }
    at = end + 1;
  }
  close(text.length);
  return found.apiVersion === '' && found.charts.size === 0 ? undefined : found;
}

/** The items of a list in YAML, each as a mapping of its own; undefined when it is not laid out as programs do it. */
export function splitItems({ text, line }: ChartText): ChartText[] | undefined {
  const items: ChartText[] = [];
  let level = -1;
  let open: { start: number; line: number } | undefined;
  const close = (end: number) => {
    // A blank in the place of the dash makes the item a mapping.
    if (open !== undefined) {
      const { start } = open;
      items.push({
        text: `${text.slice(start, start + level)} ${text.slice(start + level + 1, end)}`,
        line: open.line,
      });
    }
  };
  for (let at = 0, number = line; at < text.length; number++) {
    const end = endOfLine(text, at);
    const indent = countSpaces(text, at);
    if (!isFiller(text.charCodeAt(at + indent))) {
      if (level < 0) level = indent;
      if (indent < level) return undefined;
      if (indent === level) {
        if (!isDash(text, at + indent)) return undefined;
        close(at);
        open = { start: at, line: number };
      }
    }
    at = end + 1;
  }
  close(text.length);
  return items;
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

function countSpaces(text: string, at: number): number {
  let count = 0;
  while (text.charCodeAt(at + count) === SPACE) count++;
  return count;
}

/** Blank lines and comments. */
function isFiller(first: number): boolean {
  return Number.isNaN(first) || first === 0x0a || first === 0x0d || first === 0x23;
}

function isDash(text: string, at: number): boolean {
  const next = text.charCodeAt(at + 1);
  return text.charCodeAt(at) === 0x2d && (next === SPACE || next === 0x0a || next === 0x0d || Number.isNaN(next));
}
