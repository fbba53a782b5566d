/** RFC 7234 Warning values, as Kubernetes writes them. */
export function warningHeader(texts: readonly string[]): string {
  return texts.map((text) => `299 - ${JSON.stringify(text)}`).join(', ');
}
