import { generateKeyPairSync } from 'node:crypto';
import type { Signer } from './options.js';

export interface TestKey {
  /** For `signers` of the fake's options. */
  readonly signer: Signer;
  /** The content of a service account's key file, with the fake as its token endpoint. */
  keyFile(endpoint: string): Record<string, string>;
}

/** A service account with a fresh RSA key, known to nobody. */
export function createTestKey(email = 'tester@test-project.iam.gserviceaccount.com'): TestKey {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  return {
    signer: { email, publicKey, privateKey },
    keyFile: (endpoint) => ({
      type: 'service_account',
      project_id: 'test-project',
      private_key_id: 'fake',
      private_key: privateKey,
      client_email: email,
      client_id: '1',
      token_uri: `${endpoint}/token`,
    }),
  };
}
