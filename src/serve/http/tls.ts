import { createPrivateKey, X509Certificate } from 'node:crypto';
import { open } from 'node:fs/promises';
import { MediactlError } from '../../errors.js';
import { asReadError } from '../../errors/disk.js';
import { printable } from '../../model/text.js';

/** PEM, as node:tls takes them. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

/**
 * Reads a certificate (with its chain) and its private key; null where neither is named. Throws MediactlError usage: one
 * without the other, a key that everybody on this machine may read, files that are none or do not belong together;
 * input-unreadable.
 */
export async function readTlsFiles(cert: string | null, key: string | null): Promise<TlsFiles | null> {
  if (cert === null && key === null) return null;
  if (cert === null || key === null) {
    throw new MediactlError('usage', '--tls-cert and --tls-key belong together', {
      hint: 'name the certificate with its chain, and its private key, both as PEM',
    });
  }
  const [certText, keyText] = [await readText(cert, false), await readText(key, true)];
  try {
    if (new X509Certificate(certText).checkPrivateKey(createPrivateKey(keyText)))
      return { cert: certText, key: keyText };
  } catch {
    throw new MediactlError('usage', `${printable(cert)} and ${printable(key)} cannot be used for TLS`, {
      reason: 'the first must be a certificate, the second a private key without a password, both as PEM',
    });
  }
  throw new MediactlError('usage', `${printable(key)} is not the key of ${printable(cert)}`);
}

async function readText(file: string, isSecret: boolean): Promise<string> {
  try {
    const handle = await open(file, 'r');
    try {
      const { mode } = await handle.stat();
      if (isSecret && process.platform !== 'win32' && (mode & 0o007) !== 0) {
        throw new MediactlError('usage', `everybody on this machine may read ${printable(file)}`, {
          hint: `chmod 600 ${printable(file)}`,
        });
      }
      return await handle.readFile('utf8');
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw asReadError(error, file);
  }
}
