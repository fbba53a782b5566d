import { createTemplateSet } from '@croft/gotemplate/template-set';
import { HELM_3 } from '@croft/helm/render/capabilities';
import { buildInfoObject } from '@croft/helm/render/objects';
import { globalFlags } from './common-flags.ts';
import { type HelmCommand, requireArguments } from './helm-command.ts';

export const command: HelmCommand = {
  usage: 'version',
  summary: 'print the version of Helm that charts see',
  flags: {
    ...globalFlags,
    short: { type: 'bool', help: 'print the version number' },
    template: { type: 'text', value: 'TEMPLATE', help: 'template for the output' },
    client: { type: 'bool', short: 'c', help: 'of no effect' },
  },
  run: async ({ flags, terminal }) => {
    requireArguments(command, flags.positionals, 0, 0);
    const { version, gitCommit, gitTreeState, goVersion } = HELM_3;
    const template = flags.text('template');
    if (template !== '') {
      const set = createTemplateSet({ functions: new Map() });
      set.parse('_', template);
      terminal.write(set.execute('_', buildInfoObject(HELM_3)));
    } else if (flags.has('short')) {
      terminal.print(`${version}+g${gitCommit.slice(0, 7)}`);
    } else {
      terminal.print(
        `version.BuildInfo{Version:"${version}", GitCommit:"${gitCommit}", GitTreeState:"${gitTreeState}", GoVersion:"${goVersion}"}`,
      );
    }
    return 0;
  },
};
