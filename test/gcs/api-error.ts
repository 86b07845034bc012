export interface ApiErrorExtra {
  readonly domain?: string;
  readonly location?: string;
  readonly locationType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The body verbatim, as text/plain, where the service does not send JSON. */
  readonly plainText?: string;
  /** Code in the XML form of the error, when the reason does not give it. */
  readonly xmlCode?: string;
  /** Details in the XML form of the error. */
  readonly xmlDetails?: string;
}

/** An answer other than success, as the documentation's "HTTP status and error codes for JSON" has them. */
export class ApiError extends Error {
  readonly status: number;
  readonly reason: string;
  readonly extra: ApiErrorExtra;

  constructor(status: number, reason: string, message: string, extra: ApiErrorExtra = {}) {
    super(message);
    this.status = status;
    this.reason = reason;
    this.extra = extra;
  }
}

/** The documented body: `error.code` is a number, `error.errors[].reason` a word. */
export function jsonErrorBody(error: ApiError): string {
  const { domain = 'global', location, locationType } = error.extra;
  const detail = {
    message: error.message,
    domain,
    reason: error.reason,
    ...(location === undefined ? {} : { locationType: locationType ?? 'parameter', location }),
  };
  return JSON.stringify({ error: { code: error.status, message: error.message, errors: [detail] } }, null, 2);
}

/** "HTTP status and error codes for XML": the form of errors on /bucket/object paths. */
export function xmlErrorBody(error: ApiError): string {
  const code = error.extra.xmlCode ?? XML_CODES[error.reason] ?? 'InvalidArgument';
  const details = error.extra.xmlDetails === undefined ? '' : `<Details>${escapeXml(error.extra.xmlDetails)}</Details>`;
  return `<?xml version='1.0' encoding='UTF-8'?><Error><Code>${code}</Code><Message>${escapeXml(error.message)}</Message>${details}</Error>`;
}

const XML_CODES: Readonly<Record<string, string>> = {
  conditionNotMet: 'PreconditionFailed',
  forbidden: 'AccessDenied',
  required: 'AccessDenied',
  authError: 'AuthenticationRequired',
  rateLimitExceeded: 'SlowDown',
  backendError: 'InternalError',
  requestedRangeNotSatisfiable: 'InvalidRange',
  objectUnderActiveHold: 'ObjectUnderActiveHold',
  retentionPolicyNotMet: 'RetentionPolicyNotMet',
};

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

export function invalid(message: string, location?: string): ApiError {
  return new ApiError(400, 'invalid', message, location === undefined ? {} : { location });
}

export function noSuchBucket(): ApiError {
  return new ApiError(404, 'notFound', 'The specified bucket does not exist.', { xmlCode: 'NoSuchBucket' });
}

export function noSuchObject(bucket: string, name: string): ApiError {
  return new ApiError(404, 'notFound', `No such object: ${bucket}/${name}`, { xmlCode: 'NoSuchKey' });
}

export function conditionNotMet(): ApiError {
  return new ApiError(412, 'conditionNotMet', 'At least one of the pre-conditions you specified did not hold.', {
    locationType: 'header',
    location: 'If-Match',
  });
}
