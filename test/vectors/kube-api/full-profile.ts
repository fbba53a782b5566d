type StartFullProfile = (fetch: (request: Request) => Promise<Response>) => Promise<AsyncDisposable>;

/** The controllers of profile `full`: those of Deployments, Jobs and the like, and garbage collection. */
export async function findFullProfile(): Promise<StartFullProfile | undefined> {
  return undefined;
}
