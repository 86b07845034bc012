import { createHash, createVerify } from 'node:crypto';
import { ApiError } from './api-error.js';
import { header, type Exchange } from './exchange.js';
import type { Signer } from './options.js';

const A_WEEK = 7 * 24 * 3600;
/** How far a signer's clock may be ahead. */
const SKEW_MS = 15 * 60 * 1000;

/**
 * "V4 signing process", signatures in the query: RSA over the canonical request, valid from X-Goog-Date for
 * X-Goog-Expires seconds.
 * @returns who signed; null when the URL has no V4 signature
 * @throws ApiError 400 expired or malformed, 403 not what was signed
 */
export function verifySignature(exchange: Exchange): Signer | null {
  const { query, rawPath } = exchange.route;
  if (!query.has('X-Goog-Signature')) return null;
  if (query.get('X-Goog-Algorithm') !== 'GOOG4-RSA-SHA256') throw malformed('X-Goog-Algorithm');
  const date = query.get('X-Goog-Date') ?? '';
  const expires = Number(query.get('X-Goog-Expires'));
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date);
  if (!parts) throw malformed('X-Goog-Date');
  if (!Number.isInteger(expires) || expires <= 0 || expires > A_WEEK) throw malformed('X-Goog-Expires');
  const [, year, month, day, hours, minutes, seconds] = parts.map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const from = Date.UTC(year, month - 1, day, hours, minutes, seconds);
  const [email, ...scope] = (query.get('X-Goog-Credential') ?? '').split('/');
  if (scope.length !== 4 || scope[0] !== date.slice(0, 8) || scope[2] !== 'storage' || scope[3] !== 'goog4_request') {
    throw malformed('X-Goog-Credential');
  }

  const names = (query.get('X-Goog-SignedHeaders') ?? '').split(';');
  if (!names.includes('host')) throw malformed('X-Goog-SignedHeaders');
  const signer = exchange.world.signers.find((known) => known.email === email);
  const payload = names.includes('x-goog-content-sha256') ? header(exchange, 'x-goog-content-sha256') : undefined;
  const signature = Buffer.from(query.get('X-Goog-Signature') ?? '', 'hex');
  const forms = hosts(exchange).map((host) => {
    const request = [
      exchange.request.method ?? 'GET',
      rawPath,
      canonicalQuery(query),
      canonicalHeaders(exchange, names, host),
      names.join(';'),
      payload ?? 'UNSIGNED-PAYLOAD',
    ].join('\n');
    return ['GOOG4-RSA-SHA256', date, scope.join('/'), createHash('sha256').update(request).digest('hex')].join('\n');
  });
  const fits = (text: string): boolean =>
    signer !== undefined && createVerify('RSA-SHA256').update(text).verify(signer.publicKey, signature);
  if (!signer || !forms.some(fits)) throw mismatch(forms[0] ?? '');

  const now = exchange.world.clock.now();
  if (now > from + expires * 1000) {
    throw new ApiError(400, 'expired', 'Invalid argument.', {
      xmlCode: 'ExpiredToken',
      xmlDetails: `Request signature expired at: ${new Date(from + expires * 1000).toISOString()}`,
    });
  }
  if (now + SKEW_MS < from) throw new ApiError(403, 'forbidden', 'Request is not yet valid.');
  return signer;
}

/** The client library signs the host without its port; the service itself has none but 443. */
function hosts(exchange: Exchange): string[] {
  const host = header(exchange, 'host') ?? '';
  return [host, host.replace(/:\d+$/, '')];
}

function canonicalQuery(query: URLSearchParams): string {
  return [...query]
    .filter(([name]) => name !== 'X-Goog-Signature')
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&');
}

/** Lower-case names in order, each line ended, runs of spaces made one. A signed header must be in the request. */
function canonicalHeaders(exchange: Exchange, names: readonly string[], host: string): string {
  return names
    .map((name) => {
      const value = name === 'host' ? host : header(exchange, name);
      if (value === undefined) {
        throw new ApiError(400, 'invalid', 'Your request has a malformed header.', {
          xmlCode: 'MalformedSecurityHeader',
          xmlDetails: `Header was included in signedheaders, but not in the request: ${name}`,
        });
      }
      return `${name}:${value.trim().replace(/\s+/g, ' ')}\n`;
    })
    .join('');
}

/** RFC 3986: everything but unreserved characters. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
}

function malformed(parameter: string): ApiError {
  return new ApiError(400, 'invalid', `Invalid query parameter: ${parameter}`, {
    xmlCode: 'AuthorizationQueryParametersError',
  });
}

function mismatch(stringToSign: string): ApiError {
  return new ApiError(403, 'forbidden', 'Access denied.', {
    xmlCode: 'SignatureDoesNotMatch',
    xmlDetails: `The request signature we calculated does not match the signature you provided. Check your Google secret key and signing method. ${stringToSign}`,
  });
}
