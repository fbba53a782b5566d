import { type Verification, verifyChart } from '@croft/repository/provenance/verify-chart';
import { atFolder, globalFlags } from './common-flags.ts';
import { type HelmCommand, requireArguments } from './helm-command.ts';
import { localContext } from './local-context.ts';

export const command: HelmCommand = {
  usage: 'verify PATH',
  summary: 'verify that a chart at the given path has been signed and is valid',
  flags: {
    ...globalFlags,
    keyring: { type: 'text', value: 'FILE', help: 'public keys (~/.gnupg/pubring.gpg)' },
  },
  run: async (input) => {
    const { flags, folder, terminal } = input;
    requireArguments(command, flags.positionals, 1, 1);
    const path = atFolder(folder, flags.positionals[0] ?? '');
    terminal.write(renderVerification(await verifyChart(path, localContext(input).settings.keyring)));
    return 0;
  },
};

/** What helm prints of a chart that was verified. */
export function renderVerification({ signedBy, fingerprint, digest }: Verification): string {
  const signers = signedBy.map((name) => `Signed by: ${name}\n`).join('');
  return `${signers}Using Key With Fingerprint: ${fingerprint}\nChart Hash Verified: ${digest}\n`;
}
