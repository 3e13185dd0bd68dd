import type { Config } from '../config';
import type { Services } from '../http/services';
import { spoolVideo } from '../intake/spool';
import type { DiskState } from '../storage/disk-state';
import type { DecoderHere } from '../video/decoder';
import { problem } from './health';

interface VideoParts {
  readonly disk: DiskState;
  readonly config: Config;
  readonly decoder: DecoderHere;
  readonly temporary: string;
}

/** What the routes can do with videos. */
export function videoServices({ disk, config, decoder, temporary }: VideoParts): Services['videos'] {
  const { maxBytes } = config.video;
  return {
    maxBytes,
    requireDecoder: () => {
      decoder.require();
    },
    problem: () => (decoder.isHere() ? null : problem('VIDEO_DECODER_MISSING')),
    spool: async (body) => {
      disk.requireRoom();
      return spoolVideo(body, temporary, maxBytes);
    },
  };
}
