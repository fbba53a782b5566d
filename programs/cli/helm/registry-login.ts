import { errorMessage } from '@croft/foundation/errors';
import { readTls } from '@croft/repository/local/context';
import { openRegistry, requireAnswer } from '@croft/repository/oci/registry';
import { saveCredentials } from '@croft/repository/oci/stored-credentials';
import { accessFlags } from './chart-flags.ts';
import { globalFlags } from './common-flags.ts';
import { type HelmCommand, requireArguments } from './helm-command.ts';
import { accessOf, localContext } from './local-context.ts';
import { passwordFlags, readPassword } from './read-password.ts';

const { username, password, ...otherFlags } = accessFlags;

export const command: HelmCommand = {
  usage: 'registry login [host]',
  summary: 'login to a registry',
  flags: {
    ...globalFlags,
    ...otherFlags,
    ...passwordFlags,
    username: { type: 'text', short: 'u', value: 'NAME', help: 'user name' },
    password: {
      type: 'text',
      short: 'p',
      value: 'TEXT',
      help: 'password or identity token; better given on standard input',
    },
    insecure: { type: 'bool', help: "do not check the server's certificate" },
  },
  run: async (input) => {
    const { flags, folder, terminal } = input;
    requireArguments(command, flags.positionals, 1, Number.POSITIVE_INFINITY);
    const host = registryHost(flags.positionals[0] ?? '');
    const context = localContext(input);
    const access = accessOf(flags, folder);
    const credentials = { username: access.username, password: await readPassword(flags) };
    if (flags.text('password') !== '') {
      terminal.say('WARNING: Using --password via the CLI is insecure. Use --password-stdin.');
    }
    if (credentials.username === '' || credentials.password === '') {
      throw new Error('a user name and a password are required: give --username and --password-stdin');
    }
    const tls = await readTls({ ...access, insecure: flags.has('insecure') || access.insecure });
    const registry = openRegistry(host, { credentials, tls, plainHttp: access.plainHttp });
    try {
      (await requireAnswer(await registry.send({ path: '/v2/' }, ''), 200)).discard();
    } catch (error) {
      throw new Error(`authenticating to "${host}": ${errorMessage(error)}`, { cause: error });
    }
    await saveCredentials(context.settings.registryConfig, host, credentials, context.env);
    terminal.say('Login Succeeded');
    return 0;
  },
};

/** The registry's name of what may be a URL. */
export function registryHost(text: string): string {
  return text.replace(/^(oci|https?):\/\//, '').replace(/\/.*$/, '');
}
