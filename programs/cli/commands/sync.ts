import type { Kind } from '@croft/api/kind';
import { keyOf } from '@croft/api/object';
import { type ReconciledObject, requestedAtAnnotation } from '@croft/controller/reconcile-steps';
import { systemClock } from '@croft/foundation/clock';
import { silentLog } from '@croft/foundation/log';
import { kustomizations } from '@croft/gitops/kustomization/types';
import { gitRepositories } from '@croft/gitops/types';
import { readinessOf } from '@croft/release/readiness';
import { waitForObjects } from '@croft/release/wait';
import type { Command } from '../command.ts';
import { dataDirOption, readDataDir } from '../common-options.ts';
import { connect } from '../connection.ts';

const timeoutMs = 120_000;
const kinds: readonly Kind<ReconciledObject>[] = [gitRepositories, kustomizations];

export const command: Command = {
  name: 'sync',
  summary: 'Read the prescriptions from git again now, and apply them',
  examples: ['croft sync'],
  options: dataDirOption,
  run: async (input) => {
    using connection = await connect(readDataDir(input));
    const { client } = connection;
    const requestedAt = new Date().toISOString();
    for (const kind of kinds) {
      const { items } = await client.list(kind);
      for (const item of items)
        await client.patch(kind, keyOf(item), { metadata: { annotations: { [requestedAtAnnotation]: requestedAt } } });
      await waitForObjects(
        { client, clock: systemClock, log: silentLog },
        items.map((item) => ({ kind, key: keyOf(item) })),
        {
          timeoutMs,
          done: (object) => {
            const { lastHandledReconcileAt } =
              (object as { status?: { lastHandledReconcileAt?: string } }).status ?? {};
            if (object === undefined || lastHandledReconcileAt !== requestedAt)
              return { status: 'InProgress', message: 'has not been looked at yet' };
            return readinessOf(object);
          },
          onProgress: (waiting) => input.terminal.say(waiting.join('\n')),
        },
      );
    }
    const { items } = await client.list(gitRepositories);
    for (const { metadata, status } of items)
      input.terminal.say(`${metadata.name}: applied ${status?.artifact?.revision ?? 'nothing yet'}`);
    return 0;
  },
};
