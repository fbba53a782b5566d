import { errorMessage } from '@croft/foundation/errors';

/** How a flag is given: `slice` may be repeated and holds several values with commas between, `list` may be repeated. */
export interface Flag {
  type: 'bool' | 'text' | 'list' | 'slice';
  short?: string;
  /** Stands for the value in the help text. */
  value?: string;
  help: string;
  /** The value when the flag is given without one. */
  bare?: string;
  /** Throws what is wrong with a value. */
  check?: (value: string) => unknown;
  /** Only this version of Helm has it. */
  only?: 3 | 4;
}

export type Flags = Readonly<Record<string, Flag>>;

export interface ParsedFlags {
  positionals: string[];
  /** Whether the flag was given as true. */
  has(name: string): boolean;
  /** The value of the flag that was given last, or ''. */
  text(name: string): string;
  /** All values of a flag, in their order. */
  list(name: string): string[];
}

/** A mistake in flags or arguments; the message is what helm's own flag parser says. */
export class FlagError extends Error {
  override readonly name = 'FlagError';
}

/** Reads arguments by the rules of the flag parser that helm uses (spf13/pflag): flags may stand anywhere. Throws FlagError. */
export function parseFlags(args: readonly string[], flags: Flags): ParsedFlags {
  const values = new Map<string, string[]>();
  const positionals: string[] = [];
  const add = (name: string, value: string) => {
    const known = values.get(name) ?? [];
    values.set(name, [...known, ...readValues(name, flags[name], value)]);
  };
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? '';
    const takeNext = (problem: string): string => {
      if (at + 1 >= args.length) throw new FlagError(`flag needs an argument: ${problem}`);
      return args[++at] ?? '';
    };
    if (arg === '--') {
      positionals.push(...args.slice(at + 1));
      break;
    }
    if (arg.startsWith('--')) readLong(arg, flags, add, takeNext);
    else if (arg.length > 1 && arg.startsWith('-')) readShort(arg, flags, add, takeNext);
    else positionals.push(arg);
  }
  return {
    positionals,
    has: (name) => values.get(name)?.at(-1) === 'true',
    text: (name) => values.get(name)?.at(-1) ?? '',
    list: (name) => values.get(name) ?? [],
  };
}

type Add = (name: string, value: string) => void;
type TakeNext = (problem: string) => string;

function readLong(arg: string, flags: Flags, add: Add, takeNext: TakeNext): void {
  const equals = arg.indexOf('=');
  const name = arg.slice(2, equals < 0 ? undefined : equals);
  const flag = flags[name];
  if (name === '' || name.startsWith('-')) throw new FlagError(`bad flag syntax: ${arg}`);
  if (flag === undefined) throw new FlagError(`unknown flag: --${name}`);
  if (equals >= 0) add(name, arg.slice(equals + 1));
  else add(name, bareValue(flag) ?? takeNext(`--${name}`));
}

function readShort(arg: string, flags: Flags, add: Add, takeNext: TakeNext): void {
  for (let rest = arg.slice(1); rest !== ''; ) {
    const short = rest.charAt(0);
    const [name, flag] = Object.entries(flags).find(([, one]) => one.short === short) ?? [];
    if (name === undefined || flag === undefined) {
      throw new FlagError(`unknown shorthand flag: '${short}' in -${rest}`);
    }
    if (rest.charAt(1) === '=' && rest.length > 2) return add(name, rest.slice(2));
    const bare = bareValue(flag);
    if (bare === undefined) return add(name, rest.length > 1 ? rest.slice(1) : takeNext(`'${short}' in -${rest}`));
    add(name, bare);
    rest = rest.slice(1);
  }
}

function bareValue(flag: Flag): string | undefined {
  return flag.type === 'bool' ? 'true' : flag.bare;
}

function readValues(name: string, flag: Flag | undefined, value: string): string[] {
  try {
    flag?.check?.(value);
  } catch (error) {
    throw invalidArgument(name, flag, value, errorMessage(error));
  }
  if (flag?.type === 'slice') return splitCommas(value);
  if (flag?.type !== 'bool') return [value];
  if (/^(1|t|T|TRUE|true|True)$/.test(value)) return ['true'];
  if (/^(0|f|F|FALSE|false|False)$/.test(value)) return ['false'];
  throw invalidArgument(name, flag, value, `strconv.ParseBool: parsing ${JSON.stringify(value)}: invalid syntax`);
}

function invalidArgument(name: string, flag: Flag | undefined, value: string, problem: string): FlagError {
  const shown = `${flag?.short === undefined ? '' : `-${flag.short}, `}--${name}`;
  return new FlagError(`invalid argument ${JSON.stringify(value)} for ${JSON.stringify(shown)} flag: ${problem}`);
}

/** A check of flags that are whole numbers, in Go's words. */
export function checkNumber(value: string): void {
  if (/^[-+]?\d+$/.test(value)) return;
  throw new Error(`strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`);
}

/** Fields of one line of CSV: commas inside quotes do not divide. */
function splitCommas(text: string): string[] {
  if (text === '') return [];
  return Array.from(text.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g), ([, quoted, plain]) =>
    quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'),
  );
}
