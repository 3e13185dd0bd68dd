/** Containers that are opened; playlists, lists of files and descriptions of streams are not among them. */
const FORMATS = 'mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpeg,mpegts,mpegvideo,ogg,flv,asf';
/** Decoders of pictures that may run. */
export const DECODERS =
  'h264,hevc,av1,libdav1d,libaom-av1,vp8,vp9,libvpx,libvpx-vp9,mpeg4,msmpeg4,msmpeg4v2,msmpeg4v1,mpeg1video,mpeg2video,' +
  'h263,flv,theora,mjpeg,wmv1,wmv2,wmv3,vc1,prores';

/** A side, and the whole, of a picture that is decoded. 8K video has 7680 × 4320. */
export const LONGEST_SIDE = 8192;
export const MOST_PIXELS = 40_000_000;

/** For ffmpeg and ffprobe alike, before the input: what may be opened, by whom, and how far it is looked at. */
export const CAUTION: readonly string[] = [
  ...['-hide_banner', '-v', 'error'],
  ...['-max_alloc', String(256 * 1024 * 1024)],
  ...['-protocol_whitelist', 'file', '-format_whitelist', FORMATS],
  ...['-max_streams', '100', '-probesize', '5000000', '-analyzeduration', '5000000'],
];

/** The input; the name of the protocol in front keeps a file called `concat:…` a file. */
export function inputOf(file: string): string[] {
  return ['-i', `file:${file}`];
}
