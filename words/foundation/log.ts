/** Facts attached to a log line. Never put secrets here. */
export type LogFields = Record<string, unknown>;

export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A log whose lines all carry these fields too. */
  with(fields: LogFields): Log;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

const order: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

/** A log that writes one JSON object a line: time, level, message, then the fields. */
export function createLog(write: (line: string) => void, level: LogLevel = 'info', base: LogFields = {}): Log {
  const lowest = order.indexOf(level);
  const at = (lineLevel: LogLevel) => (message: string, fields?: LogFields) => {
    if (order.indexOf(lineLevel) < lowest) return;
    write(
      `${JSON.stringify({ time: new Date().toISOString(), level: lineLevel, message, ...base, ...readable(fields) })}\n`,
    );
  };
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    with: (fields) => createLog(write, level, { ...base, ...readable(fields) }),
  };
}

/** The log of tests and of libraries that were given none. */
export const silentLog: Log = createLog(() => {}, 'error');

function readable(fields: LogFields | undefined): LogFields {
  if (fields === undefined) return {};
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [key, value instanceof Error ? value.message : value]),
  );
}
