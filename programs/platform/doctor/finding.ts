/** One thing that was looked at. */
export interface Finding {
  name: string;
  /** `warn` lets Croft run; `fail` does not. */
  level: 'ok' | 'warn' | 'fail';
  message: string;
  /** The command that mends it. */
  remedy?: string;
}
