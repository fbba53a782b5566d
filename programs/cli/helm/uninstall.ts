import type { Propagation } from '@croft/release/delete-objects';
import { uninstallRelease } from '@croft/release/uninstall';
import { actionOptions, waitFlags } from './action-flags.ts';
import { globalFlags } from './common-flags.ts';
import type { ParsedFlags } from './flags.ts';
import { type HelmCommand, requireArguments } from './helm-command.ts';
import { openSession } from './release-context.ts';

const { 'wait-for-jobs': _, ...waiting } = waitFlags;

export const command: HelmCommand = {
  usage: 'uninstall RELEASE_NAME [...]',
  summary: 'uninstall a release',
  flags: {
    ...globalFlags,
    ...waiting,
    'dry-run': { type: 'bool', help: 'change nothing' },
    'no-hooks': { type: 'bool', help: 'run no hooks' },
    'ignore-not-found': { type: 'bool', help: 'a release that is not there is fine' },
    'keep-history': { type: 'bool', help: 'mark the release as uninstalled, and keep its revisions' },
    cascade: { type: 'text', value: 'HOW', help: 'what becomes of what objects own: background, orphan or foreground' },
    description: { type: 'text', value: 'TEXT', help: 'description of the revision' },
  },
  run: async (input) => {
    const { flags, terminal } = input;
    requireArguments(command, flags.positionals, 1, Number.POSITIVE_INFINITY);
    const cascade = readCascade(flags);
    const { context, nameOf } = await openSession(input);
    for (const name of flags.positionals) {
      const kept = await uninstallRelease(context, {
        ...actionOptions(input),
        release: nameOf(name),
        cascade,
        keepHistory: flags.has('keep-history'),
        ignoreNotFound: flags.has('ignore-not-found'),
        description: flags.text('description'),
        dryRun: flags.has('dry-run'),
      });
      if (kept.length > 0) {
        terminal.print(`These resources were kept due to the resource policy:\n${kept.join('\n')}\n`);
      }
      terminal.print(`release "${name}" uninstalled`);
    }
    return 0;
  },
};

const cascades: Readonly<Record<string, Propagation>> = {
  background: 'Background',
  foreground: 'Foreground',
  orphan: 'Orphan',
};

function readCascade(flags: ParsedFlags): Propagation {
  const text = flags.list('cascade').length === 0 ? 'background' : flags.text('cascade');
  const cascade = cascades[text];
  if (cascade !== undefined) return cascade;
  throw new Error(`invalid cascade value (${text}). Must be "background", "foreground", or "orphan"`);
}
