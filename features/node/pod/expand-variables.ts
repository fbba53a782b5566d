/**
 * Replaces `$(NAME)` by the variable's value. `$$` stands for a single `$` and shields what follows; references to
 * unknown variables stay as they are. (Kubernetes: "dependent environment variables".)
 */
export function expandVariables(text: string, variables: ReadonlyMap<string, string>): string {
  return text.replace(/\$\$|\$\(([^)]*)\)/g, (reference, name: string | undefined) => {
    if (name === undefined) return '$';
    return variables.get(name) ?? reference;
  });
}
