import { UserError } from '@croft/foundation/errors';
import { isJsonObject, type JsonObject } from '@croft/foundation/json';
import { run } from '@croft/foundation/process';

/** What a user proves itself with. */
export interface Credentials {
  readonly token?: string | undefined;
  /** PEM of a client certificate and its key. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

/** Asked before each request. */
export interface CredentialSource {
  get(): Credentials | Promise<Credentials>;
  /** The server did not accept them: the next request asks anew. */
  refused(): void;
}

export function fixedCredentials(credentials: Credentials): CredentialSource {
  return { get: () => credentials, refused: () => {} };
}

/** How old a token from a file may be, as in client-go: such files are written anew while they are in use. */
const tokenFileLifeMs = 60_000;

/** A token that `read` gives, read again from time to time. */
export function tokenFileCredentials(read: () => Promise<string>, base: Credentials): CredentialSource {
  let known: { token: string; readMs: number } | undefined;
  return {
    get: async () => {
      if (known === undefined || Date.now() - known.readMs > tokenFileLifeMs) {
        known = { token: (await read()).trim(), readMs: Date.now() };
      }
      return { ...base, token: known.token };
    },
    refused: () => {
      known = undefined;
    },
  };
}

/** A program that prints credentials (`user.exec` of a kubeconfig). */
export interface ExecPlugin {
  readonly apiVersion: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly installHint: string;
  /** Told to the program where it asks for that. */
  readonly cluster: JsonObject | undefined;
}

const execTimeoutMs = 60_000;
/** Credentials that end so soon are fetched anew. */
const renewBeforeMs = 10_000;
const execVersions = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'];

/** Runs the program when there are no credentials that still hold; requests that come meanwhile wait for it. */
export function execCredentials(plugin: ExecPlugin): CredentialSource {
  let known: { credentials: Credentials; untilMs: number } | undefined;
  let running: Promise<Credentials> | undefined;
  const fetchAnew = async () => {
    const { credentials, untilMs } = await runPlugin(plugin);
    known = { credentials, untilMs };
    return credentials;
  };
  return {
    get: () => {
      if (known !== undefined && Date.now() < known.untilMs - renewBeforeMs) return known.credentials;
      running ??= fetchAnew().finally(() => {
        running = undefined;
      });
      return running;
    },
    refused: () => {
      known = undefined;
    },
  };
}

async function runPlugin(plugin: ExecPlugin): Promise<{ credentials: Credentials; untilMs: number }> {
  const { apiVersion, command, args, env, installHint, cluster } = plugin;
  const spec = { interactive: false, ...(cluster === undefined ? {} : { cluster }) };
  const info = JSON.stringify({ apiVersion, kind: 'ExecCredential', spec });
  let stdout: string;
  try {
    const environment = { ...process.env, ...env, KUBERNETES_EXEC_INFO: info };
    ({ stdout } = await run(command, args, { timeoutMs: execTimeoutMs, env: environment }));
  } catch (error) {
    const hint = installHint === '' ? '' : `\n${installHint}`;
    throw new UserError(`the program for credentials failed: ${error instanceof Error ? error.message : ''}${hint}`);
  }
  return parseCredential(stdout, command);
}

function parseCredential(text: string, command: string): { credentials: Credentials; untilMs: number } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UserError(`${command} did not print an ExecCredential in JSON`);
  }
  const status = isJsonObject(value) && value.kind === 'ExecCredential' ? value.status : undefined;
  if (!isJsonObject(status)) throw new UserError(`${command} printed no ExecCredential with a status`);
  const { token, clientCertificateData: cert, clientKeyData: key, expirationTimestamp: until } = status;
  if (typeof token !== 'string' && !(typeof cert === 'string' && typeof key === 'string')) {
    throw new UserError(`${command} gave neither a token nor a client certificate with its key`);
  }
  return {
    credentials: {
      ...(typeof token === 'string' ? { token } : {}),
      ...(typeof cert === 'string' && typeof key === 'string' ? { cert, key } : {}),
    },
    untilMs: typeof until === 'string' ? Date.parse(until) : Number.POSITIVE_INFINITY,
  };
}

/** Reads `user.exec`. `cluster` is what the program may be told of it. Throws UserError. */
export function parseExecPlugin(exec: JsonObject, cluster: JsonObject, name: string): ExecPlugin {
  const { apiVersion, command, args, env, installHint, provideClusterInfo } = exec;
  if (typeof apiVersion !== 'string' || !execVersions.includes(apiVersion)) {
    throw new UserError(
      `${name}: exec of version ${String(apiVersion)} is not known; one of ${execVersions.join(', ')} is`,
    );
  }
  if (typeof command !== 'string' || command === '') throw new UserError(`${name}: exec names no command`);
  const variables = (Array.isArray(env) ? env : []).flatMap((entry) =>
    isJsonObject(entry) ? [[String(entry.name), String(entry.value)] as const] : [],
  );
  return {
    apiVersion,
    command,
    args: Array.isArray(args) ? args.map(String) : [],
    env: Object.fromEntries(variables),
    installHint: typeof installHint === 'string' ? installHint : '',
    cluster: provideClusterInfo === true ? cluster : undefined,
  };
}
