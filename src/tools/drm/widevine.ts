import type { ProtectionScheme } from '../../model/protection.js';

/**
 * The data of Widevine's box, a protobuf message (WidevinePsshData): key_ids (2), protection_scheme (9), which is the four
 * characters of the scheme as a number.
 */
export function widevineData({
  kids,
  scheme,
}: {
  readonly kids: readonly string[];
  readonly scheme: ProtectionScheme;
}): Buffer {
  const ids = kids.flatMap((kid) => [Buffer.from([(2 << 3) | 2, 16]), Buffer.from(kid, 'hex')]);
  return Buffer.concat([...ids, Buffer.from([9 << 3]), varint(Buffer.from(scheme, 'latin1').readUInt32BE())]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return Buffer.from([...bytes, rest]);
}
