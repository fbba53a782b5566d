/** The text with `***` in place of each secret; those of fewer than four characters stay, as any word might hold them. */
export function hideSecrets(text: string, secrets: readonly string[]): string {
  const longestFirst = [...new Set(secrets)].filter((secret) => secret.length >= 4).sort((a, b) => b.length - a.length);
  return longestFirst.reduce((hidden, secret) => hidden.replaceAll(secret, '***'), text);
}
