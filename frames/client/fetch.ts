/** How a Kubernetes API is reached: the embedded server's own `fetch`, or one over HTTPS. Nothing else is known of it. */
export type Fetch = (request: Request) => Promise<Response>;

/** Paths are resolved against this; an embedded server looks at the path alone. */
export const localOrigin = 'https://kubernetes.default.svc';
