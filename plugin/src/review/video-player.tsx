import { useEffect, useState } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';
import { readPoster } from '../shared/api';
import type { Suggestion } from '../shared/types';
import { nameOf } from './suggestion-words';

/** Asked for once by suggestion: the player shows it, and the choice beside it. */
const posters = new Map<string, Promise<string>>();

function posterOf(id: string): Promise<string> {
  const known = posters.get(id) ?? readPoster(id);
  posters.set(id, known);
  return known;
}

/** The frame that is offered as the poster; '' until it is here, and where the sidecar no longer has it. */
export function useOfferedPoster({ id, video }: Suggestion): string {
  const [url, setUrl] = useState('');
  const isOffered = video !== null && video.poster !== null;
  useEffect(() => {
    if (!isOffered) return undefined;
    let isGone = false;
    // Without it the player is black until it is played; the review goes on.
    posterOf(id).then(
      (read) => isGone || setUrl(read),
      () => posters.delete(id),
    );
    return () => {
      isGone = true;
    };
  }, [id, isOffered]);
  return url;
}

/** The video itself. Nothing of it is loaded before it is played. */
export function VideoPlayer({ suggestion, className }: { readonly suggestion: Suggestion; readonly className?: string }) {
  const offered = useOfferedPoster(suggestion);
  const { video } = suggestion;
  if (video === null) return null;
  const poster = video.poster_url === '' ? offered : video.poster_url;
  return (
    <video
      {...(className === undefined ? {} : { className })}
      controls
      preload={poster === '' ? 'metadata' : 'none'}
      src={video.url}
      {...(poster === '' ? {} : { poster })}
      /* translators: %s: name of a video */
      aria-label={sprintf(__('Video: %s', 'altsmith'), nameOf(suggestion))}
    />
  );
}
