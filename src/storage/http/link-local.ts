/**
 * Whether a host is this machine's own metadata server, or another that only this machine's link reaches (RFC 3927,
 * RFC 4291 §2.5.6). What is asked there gives out identities: it must never pass through a proxy, whatever the
 * environment says. `hostname`: as URL.hostname has it.
 */
export function isLinkLocal(hostname: string): boolean {
  const host = hostname
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.+$/, '');
  return METADATA_NAMES.has(host) || LINK_LOCAL.test(host);
}

/** https://cloud.google.com/compute/docs/metadata/querying-metadata, and what workload identity asks on AWS. */
const METADATA_NAMES: ReadonlySet<string> = new Set(['metadata.google.internal', 'metadata.goog', 'fd00:ec2::254']);

// 169.254.0.0/16, also as IPv6 writes it, and fe80::/10.
const LINK_LOCAL = /^(169\.254\.\d+\.\d+|::ffff:a9fe:[0-9a-f]+|fe[89ab][0-9a-f]:.*)$/;
