import { CheckboxControl, TextareaControl } from '@wordpress/components';
import { __, _n, sprintf } from '@wordpress/i18n';
import { clockOf } from '../shared/clock';
import { NO_EXTRA_MARGIN } from '../shared/control-props';
import { langOf } from '../shared/languages';
import type { Suggestion, Video } from '../shared/types';
import { useScreen } from './screen-context';
import { isOpen } from './suggestion-words';
import { useOfferedPoster } from './video-player';

/** Length and sound, and what the texts were made of. */
function facts(video: Video): readonly string[] {
  const sound = { true: __('with sound', 'altsmith'), false: __('without sound', 'altsmith'), null: __('sound unknown', 'altsmith') };
  return [
    /* translators: 1: length such as 0:06, 2: "with sound", "without sound" or "sound unknown" */
    sprintf(__('Video, %1$s, %2$s.', 'altsmith'), clockOf(video.duration), sound[`${video.has_sound}`]),
    sprintf(
      /* translators: %d: number of still pictures */
      _n(
        'The texts are drafts from %d still picture; sound was not heard. Check them against the video, and add what happens in between.',
        'The texts are drafts from %d still pictures; sound was not heard. Check them against the video, and add what happens in between.',
        video.stills,
        'altsmith',
      ),
      video.stills,
    ),
    ...(video.is_whole ? [] : [__('The file is damaged: only its beginning was seen.', 'altsmith')]),
  ];
}

/** What only videos have: the text alternative and the poster, each published only where the person says so. */
export function VideoTexts({ suggestion, ahead = false }: { readonly suggestion: Suggestion; readonly ahead?: boolean }) {
  const { review } = useScreen();
  const { id, video } = suggestion;
  if (video === null) return null;
  const open = isOpen(suggestion);
  const chosen = review.videoOf(suggestion);
  return (
    <div className="altsmith-video">
      <p className="altsmith-video__facts">{facts(video).join(' ')}</p>
      <TextareaControl
        {...langOf(suggestion)}
        dir="auto"
        label={__('Text alternative, one scene a line', 'altsmith')}
        value={chosen.alternative}
        rows={Math.min(8, Math.max(2, chosen.alternative.split('\n').length))}
        readOnly={!open}
        onChange={(alternative) => review.setVideo(id, { alternative })}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void review.decide(suggestion, 'approve', { ahead });
        }}
        {...NO_EXTRA_MARGIN}
      />
      {open ? (
        <CheckboxControl
          label={__('Publish the text alternative under the video', 'altsmith')}
          help={criteria(video)}
          checked={chosen.takesAlternative}
          onChange={(takesAlternative) => review.setVideo(id, { takesAlternative })}
          {...NO_EXTRA_MARGIN}
        />
      ) : null}
      {open && video.poster !== null ? <OfferedPoster suggestion={suggestion} /> : null}
      {video.poster === null && video.poster_url === '' ? <p>{NO_POSTER}</p> : null}
    </div>
  );
}

const NO_POSTER = __('The video has no featured image. Search engines list a video only with a picture.', 'altsmith');

/** Which success criteria of WCAG a published text helps with, and which it cannot. */
function criteria(video: Video): string {
  if (video.has_sound === false) return __('Without sound, WCAG 1.2.1 asks for such a text.', 'altsmith');
  /* translators: %s: numbers such as 1.2.2, 1.2.3 */
  return video.open.length === 0 ? '' : sprintf(__('With sound, WCAG %s stay open: captions and an audio description.', 'altsmith'), video.open.join(', '));
}

function OfferedPoster({ suggestion }: { readonly suggestion: Suggestion }) {
  const { review } = useScreen();
  const url = useOfferedPoster(suggestion);
  const { id } = suggestion;
  const { takesPoster, posterAlt } = review.videoOf(suggestion);
  if (url === '') return null;
  return (
    <div className="altsmith-video__poster">
      <img src={url} alt={posterAlt} />
      <div>
        <CheckboxControl
          label={__('Use this frame as the featured image of the video', 'altsmith')}
          help={__('It becomes an image of the library. Search engines list a video only with a picture.', 'altsmith')}
          checked={takesPoster}
          onChange={(next) => review.setVideo(id, { takesPoster: next })}
          {...NO_EXTRA_MARGIN}
        />
        {takesPoster ? (
          <TextareaControl
            {...langOf(suggestion)}
            dir="auto"
            label={__('Alt text of the featured image', 'altsmith')}
            value={posterAlt}
            rows={2}
            onChange={(next) => review.setVideo(id, { posterAlt: next })}
            {...NO_EXTRA_MARGIN}
          />
        ) : null}
      </div>
    </div>
  );
}
