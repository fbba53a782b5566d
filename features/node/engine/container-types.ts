// The parts of the Docker API's container documents that Croft uses.

export interface BindMount {
  Type: 'bind';
  Source: string;
  Target: string;
  ReadOnly?: boolean;
  BindOptions?: { Propagation?: 'private' | 'rprivate' | 'rslave' | 'rshared' };
}

export interface HostConfig {
  NetworkMode?: string;
  IpcMode?: string;
  UTSMode?: string;
  PidMode?: string;
  CgroupParent?: string;
  LogConfig?: { Type: string; Config?: Record<string, string> };
  Mounts?: BindMount[];
  Memory?: number;
  MemorySwap?: number;
  CpuQuota?: number;
  CpuPeriod?: number;
  CpuShares?: number;
  PidsLimit?: number;
  OomScoreAdj?: number;
  ReadonlyRootfs?: boolean;
  Privileged?: boolean;
  CapAdd?: string[];
  CapDrop?: string[];
  SecurityOpt?: string[];
  GroupAdd?: string[];
  Sysctls?: Record<string, string>;
  ShmSize?: number;
}

/** The body of POST /containers/create. */
export interface ContainerCreate {
  Image: string;
  Entrypoint?: string[];
  Cmd?: string[];
  Env?: string[];
  Hostname?: string;
  User?: string;
  WorkingDir?: string;
  Labels: Record<string, string>;
  StopSignal?: string;
  OpenStdin?: boolean;
  StdinOnce?: boolean;
  Tty?: boolean;
  HostConfig: HostConfig;
}

export interface ContainerState {
  /** created, running, paused, stopping, stopped, exited ... */
  Status: string;
  Running: boolean;
  ExitCode: number;
  OOMKilled: boolean;
  Error: string;
  Pid: number;
  /** RFC 3339; the year 1 when it never happened. */
  StartedAt: string;
  FinishedAt: string;
}

/** GET /containers/ID/json. */
export interface ContainerInspect {
  Id: string;
  Name: string;
  Created: string;
  /** The image's id. */
  Image: string;
  LogPath?: string;
  State: ContainerState;
  Config: {
    Image: string;
    Labels: Record<string, string> | null;
    StopSignal?: string;
    Tty?: boolean;
  };
  NetworkSettings: { Networks?: Record<string, { IPAddress: string; MacAddress?: string }> | null };
}

/** GET /containers/json. */
export interface ContainerSummary {
  Id: string;
  Names: string[];
  Image: string;
  State: string;
  Labels: Record<string, string> | null;
}
