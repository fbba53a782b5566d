const mostCharacters = 4096;
const mostOfOne = 256;

/**
 * RFC 7234 Warning values, as Kubernetes writes them: each text once, none with control characters, and all cut short
 * where they are too long together (apiserver filters/warning.go). No header when nothing is left.
 */
export function warningHeaders(texts: readonly string[]): { warning?: string } {
  const sent = [...new Set(texts)].filter((text) => text !== '' && !/\p{Cc}/u.test(text));
  const size = sent.reduce((sum, text) => sum + [...text].length, 0);
  const shown = size <= mostCharacters ? sent : cutAll(sent);
  if (shown.length === 0) return {};
  return { warning: shown.map((text) => `299 - ${asHeaderBytes(JSON.stringify(text))}`).join(', ') };
}

function cutAll(texts: readonly string[]): string[] {
  let written = 0;
  return texts
    .map((text) => [...text].slice(0, mostOfOne).join(''))
    .filter((text) => {
      if (written >= mostCharacters) return false;
      written += [...text].length;
      return true;
    });
}

/** Headers are bytes, one a character here: those of UTF-8. */
function asHeaderBytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
