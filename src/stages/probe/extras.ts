import type { MediaInfo, VideoTrack } from '../../model/media.js';
import type { FfprobeReport, FfprobeSideData } from '../../tools/ffprobe.js';

/** The chapters of a source, in order; nothing where there are none. */
export function chaptersOf({ chapters = [] }: Pick<FfprobeReport, 'chapters'>): Pick<MediaInfo, 'chapters'> {
  const read = chapters.flatMap(({ start_time: startSeconds, end_time: endSeconds, tags }) =>
    startSeconds === null ? [] : [{ startSeconds, endSeconds, title: tags['title']?.trim() || null }],
  );
  return read.length === 0 ? {} : { chapters: read.toSorted((a, b) => a.startSeconds - b.startSeconds) };
}

/** HDR10's light levels, as headers have them; nothing where they have none. Zero means "not known" (CTA-861.3, P.1). */
export function lightOf(sideData: readonly FfprobeSideData[]): Pick<VideoTrack, 'light'> {
  const level = sideData.find(({ side_data_type: type }) => type === 'Content light level metadata');
  const mastering = sideData.find(({ side_data_type: type }) => type === 'Mastering display metadata');
  const light = {
    maxCll: level?.max_content || null,
    maxFall: level?.max_average || null,
    masteringPeak: luminance(mastering?.max_luminance ?? null),
  };
  return Object.values(light).every((value) => value === null) ? {} : { light };
}

/** "10000000/10000" is 1000. */
function luminance(fraction: string | null): number | null {
  const [num = Number.NaN, den = 1] = (fraction ?? '').split('/').map(Number);
  const value = fraction === null ? Number.NaN : num / den;
  return Number.isFinite(value) && value > 0 ? value : null;
}
