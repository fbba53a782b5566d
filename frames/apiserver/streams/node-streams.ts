import type { Duplex, Readable, Writable } from 'node:stream';

// What the API server asks of the node that runs a Pod, for exec, attach and port-forward.

export interface PodTarget {
  readonly node: string;
  readonly namespace: string;
  readonly pod: string;
}

export interface ContainerTarget extends PodTarget {
  readonly container: string;
}

/** In characters. */
export interface TerminalSize {
  readonly width: number;
  readonly height: number;
}

/** The client's ends of a process' streams; undefined where it did not ask for one. */
export interface ProcessStreams {
  /** Ends when the client has no more to say. */
  readonly stdin: Readable | undefined;
  readonly stdout: Writable | undefined;
  /** Never there with a terminal. */
  readonly stderr: Writable | undefined;
  readonly tty: boolean;
  /** The size of the client's terminal: as it is now, if known, and after each change. */
  onResize(listener: (size: TerminalSize) => void): void;
  /** Aborts when the client has gone. */
  readonly signal: AbortSignal;
}

/** Throws StatusError or any other error; its message reaches the client. */
export interface NodeStreams {
  /** Runs a command in a running container; gives its exit code once all it wrote is written. */
  exec(target: ContainerTarget, command: readonly string[], streams: ProcessStreams): Promise<number>;
  /** Joins the container's own process until that ends or the client goes. */
  attach(target: ContainerTarget, streams: ProcessStreams): Promise<void>;
  /** A connection to a TCP port inside the Pod. */
  connect(target: PodTarget, port: number, signal: AbortSignal): Promise<Duplex>;
}
