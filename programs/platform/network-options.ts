import { join } from 'node:path';
import type { Instance } from './instance.ts';
import { instancePaths } from './paths.ts';
import type { PlatformConfig } from './platform-config.ts';

/** What startNetwork and removeNetwork need to know of an instance. */
export function networkOptions({ dataDir, instance }: Pick<PlatformConfig, 'dataDir' | 'instance'>) {
  const { run } = instancePaths(dataDir);
  return {
    instanceId: instance.id,
    dataDir,
    runDir: join(run, 'network'),
    bridge: bridgeName(instance),
    httpPort: instance.httpPort,
    httpsPort: instance.httpsPort,
  };
}

/** At most 15 characters, as the kernel wants. */
export function bridgeName({ id }: Instance): string {
  return `croft-${id}`;
}
