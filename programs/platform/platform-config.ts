import type { Clock } from '@croft/foundation/clock';
import type { Log } from '@croft/foundation/log';
import type { Instance } from './instance.ts';

/** All that starting an instance needs to know. */
export interface PlatformConfig {
  dataDir: string;
  instance: Instance;
  log: Log;
  clock: Clock;
  env: NodeJS.ProcessEnv;
  /** Called once no other process can work on the instance while this one does. */
  onOwned?: () => Promise<void>;
}
