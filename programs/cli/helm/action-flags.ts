import { parseDuration } from '@croft/helm/time/duration';
import type { ActionOptions } from '@croft/release/release-context';
import { FlagError, type Flags, type ParsedFlags } from './flags.ts';
import type { HelmInput } from './helm-command.ts';

const defaultTimeoutMs = 5 * 60_000;

export const timeoutFlag: Flags = {
  timeout: {
    type: 'text',
    value: 'TIME',
    check: parseDuration,
    help: 'time to wait for any single operation, as 90s or 5m (5m0s)',
  },
};

/** Flags about waiting for objects. */
export const waitFlags: Flags = {
  ...timeoutFlag,
  wait: { type: 'text', bare: 'true', value: 'HOW', help: 'wait until all objects are ready; Helm 4 takes how' },
  'wait-for-jobs': { type: 'bool', help: 'with --wait: until all Jobs have been completed, too' },
};

/** Flags about how objects are written that Helm 4 has. */
export const serverSideFlags: Flags = {
  'server-side': { type: 'text', bare: 'true', value: 'HOW', only: 4, help: 'server-side apply: true, false or auto' },
  'force-conflicts': { type: 'bool', only: 4, help: 'take fields over from other managers' },
  'force-replace': { type: 'bool', only: 4, help: 'replace objects instead of changing them' },
};

export function readTimeoutMs(flags: ParsedFlags): number {
  if (flags.list('timeout').length === 0) return defaultTimeoutMs;
  return Number(parseDuration(flags.text('timeout')) / 1_000_000n);
}

const strategies = ['true', 'false', 'watcher', 'legacy', 'hookOnly'];

/** Whether it is to be waited. Helm 4 names how: all ways but `hookOnly` and `false` wait for the objects. */
export function wantsWait({ flags, helmVersion }: Pick<HelmInput, 'flags' | 'helmVersion'>): boolean {
  if (flags.list('wait').length === 0) return false;
  const text = flags.text('wait');
  if (helmVersion === 3) {
    if (/^(1|t|T|TRUE|true|True)$/.test(text)) return true;
    if (/^(0|f|F|FALSE|false|False)$/.test(text)) return false;
    const shown = JSON.stringify(text);
    throw new FlagError(
      `invalid argument ${shown} for "--wait" flag: strconv.ParseBool: parsing ${shown}: invalid syntax`,
    );
  }
  if (!strategies.includes(text)) {
    throw new FlagError(
      `invalid argument ${JSON.stringify(text)} for "--wait" flag: invalid wait input ${JSON.stringify(text)}. Valid inputs are true, false, watcher, hookOnly, and legacy`,
    );
  }
  return text !== 'false' && text !== 'hookOnly';
}

type Actions = Omit<ActionOptions, 'release'>;

/** What the flags say that every action takes. */
export function actionOptions(input: HelmInput): Actions {
  const { flags, terminal } = input;
  return {
    timeoutMs: readTimeoutMs(flags),
    wait: wantsWait(input),
    waitForJobs: flags.has('wait-for-jobs'),
    noHooks: flags.has('no-hooks'),
    onHookLog: (text) => terminal.say(text.replace(/\n$/, '')),
  };
}

/** true or false as it is asked for; undefined for `auto` or when it is left out. */
export function readServerSide(flags: ParsedFlags): boolean | undefined {
  const text = flags.text('server-side');
  if (flags.list('server-side').length === 0 || text === 'auto') return undefined;
  if (text === 'true') return true;
  if (text === 'false') return false;
  throw new Error(`invalid/unknown release server-side apply method: ${text}`);
}

/** A whole number of a flag that checkNumber looks at. */
export function readNumber(flags: ParsedFlags, name: string, fallback: number): number {
  return flags.list(name).length === 0 ? fallback : Number(flags.text(name));
}

/** Pairs of `key=value`, with commas between, repeated or not. Throws FlagError. */
export function readPairs(flags: ParsedFlags, name: string): Record<string, string> {
  const pairs = flags.list(name).map((item) => {
    const at = item.indexOf('=');
    if (at < 0) {
      const shown = JSON.stringify(item);
      throw new FlagError(`invalid argument ${shown} for "-l, --${name}" flag: ${item} must be formatted as key=value`);
    }
    return [item.slice(0, at), item.slice(at + 1)] as const;
  });
  return Object.fromEntries(pairs);
}
