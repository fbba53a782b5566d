/** What a container needs is not there or wrong: it waits with the reason CreateContainerConfigError. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}
