// The parts of `ws` that the server and its tests use; the package brings no types of its own.
declare module 'ws' {
  import type { EventEmitter } from 'node:events';
  import type { IncomingMessage } from 'node:http';
  import type { Duplex } from 'node:stream';

  export class WebSocket extends EventEmitter {
    constructor(address: string, protocols: readonly string[], options?: Record<string, unknown>);
    readonly protocol: string;
    send(data: Uint8Array | string, done?: (error?: Error) => void): void;
    close(code?: number, reason?: string): void;
    terminate(): void;
    pause(): void;
    resume(): void;
  }

  export interface ServerOptions {
    noServer: true;
    clientTracking: boolean;
    perMessageDeflate: boolean;
    maxPayload: number;
  }

  export class WebSocketServer extends EventEmitter {
    constructor(options: ServerOptions);
    on(event: 'headers', listener: (headers: string[]) => void): this;
    once(event: 'wsClientError', listener: (error: Error) => void): this;
    handleUpgrade(
      request: IncomingMessage,
      socket: Duplex,
      head: Buffer,
      done: (webSocket: WebSocket, request: IncomingMessage) => void,
    ): void;
  }

  export function createWebSocketStream(webSocket: WebSocket): Duplex;
}
