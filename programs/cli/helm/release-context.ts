import { systemClock } from '@croft/foundation/clock';
import type { Log, LogFields } from '@croft/foundation/log';
import type { ReleaseName } from '@croft/release/record-store';
import type { ReleaseContext } from '@croft/release/release-context';
import type { Terminal } from '../terminal.ts';
import type { HelmInput } from './helm-command.ts';

/** What actions on releases need, from the flags. */
export interface ReleaseSession {
  context: ReleaseContext;
  namespace: string;
  nameOf(name: string): ReleaseName;
}

/** Connects to the cluster of the flags; the namespace is that of the flag, HELM_NAMESPACE, or the kubeconfig's context. */
export async function openSession(input: HelmInput): Promise<ReleaseSession> {
  const { flags, env, terminal, helmVersion, interruption } = input;
  const client = await input.connect();
  const namespace = flags.text('namespace') || env.HELM_NAMESPACE || client.namespace || 'default';
  const context: ReleaseContext = {
    client,
    clock: systemClock,
    log: createTerminalLog(terminal, flags.has('debug')),
    asHelm: helmVersion,
    ...(interruption === undefined ? {} : { signal: interruption() }),
  };
  return { context, namespace, nameOf: (name) => ({ name, namespace }) };
}

/** Tells the user that an interruption has been heard, as Helm words it. */
export function tellCancellation({ signal }: ReleaseContext, { flags, terminal }: HelmInput): void {
  const [name = ''] = flags.positionals;
  signal?.addEventListener('abort', () => terminal.print(`Release ${name} has been cancelled.`), { once: true });
}

/** Warnings for the user's eyes; with `debug` all the rest. */
function createTerminalLog(terminal: Terminal, debug: boolean, base: LogFields = {}): Log {
  const at = (level: string, isShown: boolean) => (message: string, fields?: LogFields) => {
    if (!isShown) return;
    const more = Object.entries({ ...base, ...fields }).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
    terminal.say([`${level}: ${message}`, ...more].join(' '));
  };
  return {
    debug: at('debug', debug),
    info: at('info', debug),
    warn: at('WARNING', true),
    error: at('ERROR', true),
    with: (fields) => createTerminalLog(terminal, debug, { ...base, ...fields }),
  };
}
