import { createPrivateKey, X509Certificate } from 'node:crypto';

/** Whether a certificate (the first of a PEM chain) and a private key (PEM) can be read and belong together. */
export function isKeyPair(certificate: string, key: string): boolean {
  try {
    return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}
