import type { Bucket } from './bucket.js';
import { header, type Exchange, type Reply } from './exchange.js';
import { asObject, textOf, type Json } from './json.js';

/**
 * "Cross-origin resource sharing (CORS)": the first entry of the bucket's configuration that has the origin and the
 * method decides; without one the answer has no CORS headers, and a browser refuses it.
 */
export function corsHeaders(exchange: Exchange, bucket: Bucket, method: string): Record<string, string> {
  const origin = header(exchange, 'origin');
  if (origin === undefined) return {};
  const entry = findEntry(bucket, origin, method);
  if (!entry) return {};
  const exposed = words(entry['responseHeader']);
  return {
    ...allowOrigin(entry, origin),
    ...(exposed.length === 0 ? {} : { 'access-control-expose-headers': exposed.join(', ') }),
  };
}

/** A preflight request (OPTIONS). */
export function preflight(exchange: Exchange, bucket: Bucket): Reply {
  const origin = header(exchange, 'origin') ?? '';
  const method = header(exchange, 'access-control-request-method') ?? '';
  const entry = findEntry(bucket, origin, method);
  if (!entry) return { status: 200, text: '' };
  const allowed = words(entry['responseHeader']);
  const asked = (header(exchange, 'access-control-request-headers') ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const fits = asked.every((name) => allowed.some((word) => word === '*' || word.toLowerCase() === name.toLowerCase()));
  if (!fits) return { status: 200, text: '' };
  return {
    status: 200,
    text: '',
    headers: {
      ...allowOrigin(entry, origin),
      'access-control-allow-methods': words(entry['method']).join(', '),
      ...(asked.length === 0 ? {} : { 'access-control-allow-headers': asked.join(', ') }),
      'access-control-max-age': textOf(entry['maxAgeSeconds'] ?? 3600),
    },
  };
}

function findEntry(bucket: Bucket, origin: string, method: string): Record<string, Json | undefined> | undefined {
  const { cors } = bucket.config;
  return (Array.isArray(cors) ? cors : [])
    .map((entry) => asObject(entry) ?? {})
    .find((entry) => {
      const methods = words(entry['method']);
      const hasMethod = methods.includes('*') || methods.includes(method);
      return hasMethod && words(entry['origin']).some((word) => word === '*' || word === origin);
    });
}

function allowOrigin(entry: Record<string, Json | undefined>, origin: string): Record<string, string> {
  return words(entry['origin']).includes('*')
    ? { 'access-control-allow-origin': '*' }
    : { 'access-control-allow-origin': origin, vary: 'Origin' };
}

function words(list: Json | undefined): string[] {
  return Array.isArray(list) ? list.filter((word) => typeof word === 'string') : [];
}
