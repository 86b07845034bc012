import type { IncomingHttpHeaders } from 'node:http';

export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: readonly Uint8Array[] | undefined;
  /** Larger answers are refused. Default 64 MiB. */
  readonly maxAnswerBytes?: number | undefined;
  /**
   * Called with the head of each answer: gives who takes the bytes of its body as they come, so that none are kept;
   * null: the body is kept as usual. What either throws ends the exchange and is thrown.
   */
  readonly receive?: ((head: HttpHead) => ((bytes: Buffer) => void) | null) | undefined;
  /** Bytes of the body that left this process since the last call. */
  readonly onSent?: ((bytes: number) => void) | undefined;
}

export interface HttpHead {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
}

export interface HttpResponse extends HttpHead {
  /** Empty when it was received as it came. */
  readonly body: Buffer;
}
