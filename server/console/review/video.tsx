import type { VideoDetails } from '../../contract/video';
import { counted } from '../parts/amounts';
import { Notice } from '../parts/notice';
import { useUniqueId } from '../parts/use-unique-id';
import type { Draft, Entry } from './entry';
import { writtenIn } from './source';

interface VideoProps {
  readonly entry: Entry;
  readonly onEdit: (draft: Partial<Draft>) => void;
}

/** 75 → "1:15", 3675 → "1:01:15". */
export function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  const two = (value: number) => String(value).padStart(2, '0');
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

const SOUND = (hasSound: boolean | null) => (hasSound === null ? 'sound unknown' : hasSound ? 'with sound' : 'silent');

/** What WCAG asks for, as far as this text can give it. */
function criteria({ wcag }: VideoDetails): string | null {
  if (wcag.helps.length > 0)
    return `Once it is corrected, it can be the text alternative that WCAG ${wcag.helps.join(', ')} asks for.`;
  if (wcag.open.length > 0)
    return `Captions and an audio description stay to be made (WCAG ${wcag.open.join(', ')}): nobody has listened.`;
  return null;
}

/** The text alternative of a video, ready to be edited, beside what was seen when. Nothing for a picture. */
export function Video({ entry: { suggestion, draft }, onEdit }: VideoProps) {
  const id = useUniqueId();
  const { video } = suggestion;
  if (video === null) return null;
  const meets = criteria(video);
  const language = writtenIn(suggestion);
  return (
    <section aria-labelledby={`${id}-title`}>
      <h3 id={`${id}-title`} class="label">
        Video, {clock(video.duration)}, {SOUND(video.has_sound)}
      </h3>
      {video.is_whole ? null : <Notice tone="warn">The file is damaged, and only its beginning was seen.</Notice>}
      <label class="label" for={`${id}-text`}>
        Text alternative, one scene a line
      </label>
      <textarea
        id={`${id}-text`}
        class="alt-text"
        rows={Math.min(12, Math.max(3, video.scenes.length + 1))}
        lang={language}
        dir="auto"
        value={draft.text_alternative}
        aria-describedby={`${id}-note`}
        onInput={(event) => onEdit({ text_alternative: event.currentTarget.value })}
      />
      <p class="fine" id={`${id}-note`}>
        {video.note} {meets}
      </p>
      <details>
        <summary>{counted(video.scenes.length, 'scene')} and the data for search engines</summary>
        <ol class="scenes" aria-label="Scenes">
          {video.scenes.map(({ at, from, to, caption }) => (
            <li key={at}>
              <span class="fine">
                {clock(from)}–{clock(to)}
              </span>{' '}
              <span lang={language} dir="auto">
                {caption}
              </span>
            </li>
          ))}
        </ol>
        <pre tabIndex={0} aria-label="VideoObject">
          {JSON.stringify(video.video_object, null, 2)}
        </pre>
        {video.video_object_lacks.length === 0 ? null : (
          <p class="fine">The page that shows the video adds {video.video_object_lacks.join(' and ')}.</p>
        )}
      </details>
    </section>
  );
}
