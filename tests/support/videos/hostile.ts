import { writeFileSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { ErrorCode } from '../../../server/errors';
import { seededRandom } from '../seeded-random';
import { ffmpeg } from './clips';

export interface HostileVideo {
  readonly name: string;
  /** Codes that the refusal may have; `read` where it may also be read as it is. */
  readonly codes: readonly (ErrorCode | 'read')[];
}

const UNREADABLE = ['VIDEO_UNREADABLE'] as const;

/** Texts that name other things to open. `port` is one that listens. */
const texts = (folder: string, port: number): Record<string, string> => {
  const address = `http://127.0.0.1:${port}/other.mp4`;
  const other = path.join(folder, 'good.mp4');
  const playlist = (to: string) => `#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\n${to}\n#EXT-X-ENDLIST\n`;
  const dash = `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT5S"><Period><AdaptationSet mimeType="video/mp4"><Representation id="1" bandwidth="1"><BaseURL>${address}</BaseURL></Representation></AdaptationSet></Period></MPD>`;
  return {
    'playlist-http.mp4': playlist(address),
    'playlist-file.mp4': playlist(other),
    'playlist-other-name.mkv': playlist(`file:${other}`),
    'playlist-key.mp4': `#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="${address}"\n${playlist(other)}`,
    'master-playlist.mov': `#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n${address}\n`,
    'concat-list.mp4': `ffconcat version 1.0\nfile '${address}'\n`,
    'concat-list-of-files.avi': `ffconcat version 1.0\nfile '${other}'\n`,
    'concat-protocol.mp4': playlist(`concat:${other}|${address}`),
    'session.mp4': `v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video ${port} RTP/AVP 96\na=rtpmap:96 H264/90000\n`,
    'dash.mp4': dash,
    'smooth.wmv': `<?xml version="1.0"?><asx version="3.0"><entry><ref href="${address}"/></entry></asx>`,
    'drawing.mp4': `<svg xmlns="http://www.w3.org/2000/svg"><image href="${address}"/></svg>`,
    'real.mp4': `[Reference]\nRef1=${address}\n`,
    'text.webm': 'not a video',
  };
};

/** An MP4 that claims to last so long. */
function withDuration(bytes: Buffer, seconds: number): Buffer {
  const copy = Buffer.from(bytes);
  // Version 0: name, version, made, changed, [track and a gap], [time scale], duration.
  const set = (atom: string, offset: number, ticks: number) => {
    for (let at = copy.indexOf(atom); at >= 0; at = copy.indexOf(atom, at + 4)) copy.writeUInt32BE(ticks, at + offset);
  };
  const scale = copy.readUInt32BE(copy.indexOf('mdhd') + 16);
  set('mvhd', 20, seconds * 1000);
  set('tkhd', 24, seconds * 1000);
  set('mdhd', 20, seconds * scale);
  // The one entry of the table of times: all frames that much longer.
  const times = copy.indexOf('stts') + 8;
  copy.writeUInt32BE(Math.floor((seconds * scale) / copy.readUInt32BE(times + 4)), times + 8);
  return copy;
}

function withFlippedBits(bytes: Buffer, count: number, seed: number): Buffer {
  const copy = Buffer.from(bytes);
  const random = seededRandom(seed);
  for (let flip = 0; flip < count; flip += 1) {
    const at = Math.floor(random() * copy.length);
    copy[at] = (copy[at] ?? 0) ^ (1 << Math.floor(random() * 8));
  }
  return copy;
}

/** A Matroska whose table names so many streams. https://www.rfc-editor.org/rfc/rfc9559#section-5.1.4 */
function manyStreams(start: Buffer, count: number): Buffer {
  const element = (id: number[], content: Buffer) => {
    const size = Buffer.alloc(8);
    size.writeUInt32BE(content.length, 4);
    size[0] = 0x01;
    return Buffer.concat([Buffer.from(id), size, content]);
  };
  const number = (value: number) => Buffer.from([value >> 8, value & 0xff]);
  const track = (index: number) =>
    element(
      [0xae],
      Buffer.concat([
        element([0xd7], number(index)),
        element([0x73, 0xc5], number(index)),
        element([0x83], Buffer.from([1])),
        element([0x86], Buffer.from('V_MPEG4/ISO/AVC')),
        element([0xe0], Buffer.concat([element([0xb0], number(320)), element([0xba], number(180))])),
      ]),
    );
  const tracks = element(
    [0x16, 0x54, 0xae, 0x6b],
    Buffer.concat(Array.from({ length: count }, (_, at) => track(at + 1))),
  );
  // The start of a good one, up to its segment.
  return Buffer.concat([start, element([0x18, 0x53, 0x80, 0x67], tracks)]);
}

/** Writes thirty files that a stranger could send, and says how each may end. */
export async function writeHostileVideos(folder: string, port: number): Promise<HostileVideo[]> {
  const at = (name: string) => path.join(folder, name);
  const found: HostileVideo[] = [];
  const put = (name: string, bytes: Buffer | string, codes: HostileVideo['codes'] = UNREADABLE) => {
    writeFileSync(at(name), bytes);
    found.push({ name, codes });
  };
  const pattern = ['-f', 'lavfi', '-i', 'testsrc2=s=320x180:r=10'];
  await ffmpeg(...pattern, '-t', '4', '-c:v', 'libx264', '-preset', 'ultrafast', '-g', '10', at('good.mp4'));
  await ffmpeg('-i', at('good.mp4'), '-c', 'copy', at('good.mkv'));
  const [mp4, mkv] = [readFileSync(at('good.mp4')), readFileSync(at('good.mkv'))];
  for (const [name, text] of Object.entries(texts(folder, port))) put(name, text);
  put('empty.mp4', '');
  put('random.mp4', Buffer.from(Array.from({ length: 20_000 }, seededRandom(3)).map((each) => each * 256)));
  put('zeros.mkv', Buffer.alloc(1_000_000));
  put('cut.mp4', mp4.subarray(0, mp4.length / 2));
  put('cut.mkv', mkv.subarray(0, mkv.length / 2), ['read']);
  put('header-only.mkv', mkv.subarray(0, 200));
  put('flipped.mp4', withFlippedBits(mp4, 400, 5), ['read', ...UNREADABLE]);
  put('flipped.mkv', withFlippedBits(mkv, 400, 6), ['read', ...UNREADABLE, 'VIDEO_WITHOUT_PICTURES']);
  put('ten-hours.mp4', withDuration(mp4, 36_000), ['VIDEO_TOO_LONG']);
  put('three-hours.mp4', withDuration(mp4, 10_800), ['read']);
  put('ten-thousand-streams.mkv', manyStreams(mkv.subarray(0, mkv.indexOf('18538067', 'hex')), 10_000));
  put('fifty-streams.mkv', manyStreams(mkv.subarray(0, mkv.indexOf('18538067', 'hex')), 50), [...UNREADABLE]);
  put('ten-thousand-atoms.mp4', Buffer.concat([mp4, ...Array.from({ length: 10_000 }, () => mp4.subarray(0, 32))]), [
    'read',
    ...UNREADABLE,
  ]);
  const make = async (name: string, codes: HostileVideo['codes'], ...args: string[]) => {
    await ffmpeg(...args, at(name));
    found.push({ name, codes });
  };
  const sound = ['-f', 'lavfi', '-t', '3', '-i', 'sine'];
  const wide = ['-f', 'lavfi', '-i', 'testsrc2=s=16000x64:r=1'];
  await make('wide.mkv', ['VIDEO_TOO_MANY_PIXELS'], ...wide, '-t', '1', '-c:v', 'mjpeg');
  await make('sound.mp4', ['VIDEO_WITHOUT_PICTURES'], ...sound, '-c:a', 'aac');
  await make(
    'black.mp4',
    ['VIDEO_WITHOUT_PICTURES'],
    '-f',
    'lavfi',
    '-t',
    '5',
    '-i',
    'color=c=black:s=64x64',
    '-c:v',
    'mpeg4',
  );
  await make('one-frame.mp4', ['read'], ...pattern, '-frames:v', '1', '-c:v', 'mpeg4');
  await make('other-codec.mkv', [...UNREADABLE], ...pattern, '-t', '1', '-c:v', 'ffv1');
  await make('other-container.mp4', [...UNREADABLE], ...pattern, '-t', '1', '-c:v', 'libx264', '-f', 'nut');
  return found;
}
