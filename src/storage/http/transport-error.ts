/** The exchange did not come to its end: no answer, or half of one. Whether the server acted on it is unknown. */
export class TransportError extends Error {
  override readonly name = 'TransportError';
  /**
   * The system's ("ECONNRESET"), TLS's, or ETIMEDOUT for what was cut here, EBADANSWER for a broken answer,
   * ENORANGE for other bytes.
   */
  readonly code: string;
  /** It was the proxy on the way that failed, or refused (EPROXYREFUSED). */
  readonly byProxy: boolean;

  constructor(code: string, message: string, { byProxy = false }: { readonly byProxy?: boolean } = {}) {
    super(message);
    this.code = code;
    this.byProxy = byProxy;
  }
}

/** A failure of the system's as one. Without the request: its headers and its URL may carry secrets. */
export function broken(error: Error): Error {
  if (error instanceof TransportError) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : 'EUNKNOWN';
  return new TransportError(code, error.message === '' ? code : error.message);
}
