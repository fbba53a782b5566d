import type { ControllerContext } from '@croft/controller/controller';

export interface NetworkOptions extends ControllerContext {
  /** Unlike that of any other instance on the machine: it names the rules. */
  instanceId: string;
  /** `pki/` and `caddy/` lie here. */
  dataDir: string;
  /** Process ids, sockets, logs; only the owner may look in. */
  runDir: string;
  serviceCidr: string;
  podCidr: string;
  bridge: string;
  /** An address of the service CIDR. */
  dnsAddress: string;
  /** `cluster.local` when left out. */
  clusterDomain?: string;
  httpPort: number;
  httpsPort: number;
  /** The domain under which the instance's applications are reached. */
  domain: string;
  /** The address in the status of Ingresses; found out when left out. */
  nodeAddress?: string;
  /** The DNS program, when it is not the file beside the package's own. */
  dnsProgram?: string;
}

export const defaultClusterDomain = 'cluster.local';
