import { expect, test } from 'vitest';
import { keyChecksum, playReadyObject } from '../../../src/tools/drm/playready.js';
import { commonPssh, playReadyPssh, widevinePssh } from '../../../src/tools/drm/pssh.js';

/** As Shaka Packager 3.4.2 writes them for the same KIDs and key. */
const KIDS = ['1123456789abcdef0123456789abcdef', '0123456789abcdef0123456789abcdef'];
const KEY = Buffer.from('fedcba98765432100123456789abcdef', 'hex');

test('the common box, and that of Widevine for either scheme, are those of Shaka Packager', () => {
  expect(commonPssh(KIDS).toString('base64')).toBe(
    'AAAARHBzc2gBAAAAEHfv7MCyTQKs4zweUuL7SwAAAAIRI0VniavN7wEjRWeJq83vASNFZ4mrze8BI0VniavN7wAAAAA=',
  );
  const head = 'AAAASnBzc2gAAAAA7e+LqXnWSs6jyCfc1R0h7QAAACoSEBEjRWeJq83vASNFZ4mrze8SEAEjRWeJq83vASNFZ4mrze9I';
  expect(widevinePssh(KIDS, 'cenc').toString('base64')).toBe(`${head}49yVmwY=`);
  expect(widevinePssh(KIDS, 'cbcs').toString('base64')).toBe(`${head}88aJmwY=`);
});

test('PlayReady: a checksum with AESCTR, none with AESCBC, in boxes of the same size', () => {
  const [, kid = ''] = KIDS;
  const checksum = keyChecksum(kid, KEY);
  expect(Buffer.from(checksum, 'hex').toString('base64')).toBe('D29c3cLR+qQ=');
  const header = (scheme: 'cenc' | 'cbcs'): string =>
    playReadyObject({ kid, checksum }, scheme).subarray(10).toString('utf16le');
  const open = '<WRMHEADER xmlns="http://schemas.microsoft.com/DRM/2007/03/PlayReadyHeader" version=';
  expect(header('cenc')).toBe(
    `${open}"4.0.0.0"><DATA><PROTECTINFO><KEYLEN>16</KEYLEN><ALGID>AESCTR</ALGID></PROTECTINFO>` +
      '<KID>Z0UjAauJ780BI0VniavN7w==</KID><CHECKSUM>D29c3cLR+qQ=</CHECKSUM></DATA></WRMHEADER>',
  );
  expect(header('cbcs')).toBe(
    `${open}"4.3.0.0"><DATA><PROTECTINFO><KIDS><KID ALGID="AESCBC" VALUE="Z0UjAauJ780BI0VniavN7w=="></KID></KIDS>` +
      '</PROTECTINFO></DATA></WRMHEADER>',
  );
  expect(playReadyPssh({ kid, checksum }, 'cenc')).toHaveLength(0x226);
  expect(playReadyPssh({ kid, checksum }, 'cbcs')).toHaveLength(0x1de);
});
