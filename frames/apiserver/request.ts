/** One request, however it came: over the network or through `fetch`. */
export interface ApiRequest {
  readonly method: string;
  /** Without the query, as it was sent. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** `name` in lower case; several of one name are joined by a comma. */
  header(name: string): string | undefined;
  /** In lower case. */
  headerNames(): readonly string[];
  /** The whole body. Throws StatusError 413 when it is too large. */
  readBody(): Promise<Buffer>;
  /** Who proved with a client certificate to be who. */
  readonly certificate: CertificateSubject | undefined;
  /** Where the client is; left out for parts of the same process. */
  readonly address?: string | undefined;
  /** The request as the web knows it, for what hands it on. */
  toWeb(): Request;
}

export interface CertificateSubject {
  readonly commonName: string;
  readonly organizations: readonly string[];
  /** SHA-256 of the certificate, in lower-case hex. */
  readonly fingerprint?: string;
}

export interface ApiResponse {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body?: string | Uint8Array | StreamBody | WebBody;
}

/** A body that goes on: called once; disposed when the client has gone. */
export type StreamBody = (sink: Sink) => Disposable;

/** A body as another server's answer has it. */
export type WebBody = ReadableStream<Uint8Array>;

export interface Sink {
  /** False when the client reads slower than this writes. */
  write(chunk: Uint8Array): boolean;
  end(): void;
}

/** Bytes of a request's body that the server takes at most, as Kubernetes does. */
export const maxBodyBytes = 3 * 1024 * 1024;
