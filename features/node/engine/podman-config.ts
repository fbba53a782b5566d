import { join } from 'node:path';
import type { HostAbilities } from './host-abilities.ts';

/** The folders of one instance of Podman; nothing of it lies elsewhere but its network's state. */
export interface PodmanFolders {
  /** What lasts: images, layers, containers, the database. */
  state: string;
  /** What a reboot ends: sockets, locks, mounts. */
  run: string;
}

export interface PodmanConfig {
  folders: PodmanFolders;
  abilities: HostAbilities;
  /** Read-only stores whose images are visible too. */
  imageStores: readonly string[];
}

/** The text of containers.conf. */
export function renderContainersConf({ folders, abilities }: PodmanConfig): string {
  return toToml({
    containers: {
      log_driver: 'k8s-file',
      // Without the right to raise them, Podman's own would be refused.
      ...(abilities.canRaiseLimits ? {} : { default_ulimits: abilities.ulimits }),
    },
    engine: {
      runtime: abilities.runtime,
      cgroup_manager: 'cgroupfs',
      events_logger: 'file',
      lock_type: 'file',
      // How long the monitor of a command run in a container stays after its end, so that its exit code can be asked for.
      exit_command_delay: 10,
      tmp_dir: join(folders.run, 'libpod'),
      static_dir: join(folders.state, 'libpod'),
      volume_path: join(folders.state, 'volumes'),
    },
    network: { network_backend: 'netavark', network_config_dir: join(folders.state, 'networks') },
  });
}

/** The text of storage.conf. */
export function renderStorageConf({ folders, imageStores }: PodmanConfig): string {
  return toToml({
    storage: { driver: 'overlay', graphroot: graphRoot(folders), runroot: join(folders.run, 'storage') },
    'storage.options': { additionalimagestores: imageStores },
  });
}

export function graphRoot(folders: PodmanFolders): string {
  return join(folders.state, 'storage');
}

type Tables = Record<string, Record<string, string | number | readonly string[]>>;

/** JSON's numbers, strings and arrays of strings are TOML's too. */
function toToml(tables: Tables): string {
  return Object.entries(tables)
    .map(([table, entries]) => {
      const lines = Object.entries(entries).map(([key, value]) => `${key} = ${JSON.stringify(value)}\n`);
      return `[${table}]\n${lines.join('')}`;
    })
    .join('\n');
}
