/**
 * @param {string} playlist text
 * @returns {string[]} each URI once: those on lines of their own and those in URI attributes
 */
export function urisIn(playlist) {
  const lines = playlist.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const attributes = [...playlist.matchAll(/URI="([^"]+)"/g)].map((match) => match[1] ?? '');
  return [...new Set([...lines, ...attributes])];
}

/**
 * What a player does, all of it: the master playlist, the playlists that it names, the segments that they name.
 * Throws when anything does not come.
 * @param {string} url of the master playlist
 * @returns {Promise<{ master: string, playlists: string[], segments: number, bytes: number }>} URIs as in the master
 */
export async function playThrough(url) {
  const master = await (await get(url)).text();
  const playlists = urisIn(master);
  const segments = new Set();
  let bytes = 0;
  for (const playlist of playlists) {
    const base = new URL(playlist, url);
    for (const uri of urisIn(await (await get(base)).text())) {
      const address = new URL(uri, base);
      // I-frame playlists name the same segments.
      if (segments.has(address.href)) continue;
      segments.add(address.href);
      bytes += (await (await get(address)).arrayBuffer()).byteLength;
    }
  }
  return { master, playlists, segments: segments.size, bytes };
}

/** @param {string | URL} url */
async function get(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${answer.status} for ${String(url)}`);
  return answer;
}
