import type { CaptionReply } from '../../contract/caption';
import { Confidence } from '../parts/confidence';
import { CopyButton } from '../parts/copy-button';
import { Failure } from '../parts/failure';
import { ModelBadge } from '../parts/model-badge';
import { Spending } from './spending';
import type { Picture } from './picture';

/** A picture and all that the model said about it. */
export function OnePicture({ picture, onAgain }: { picture: Picture; onAgain: () => void }) {
  const { reply, error, state } = picture;
  const isBusy = state === 'waiting' || state === 'working';
  return (
    <article class="card one-picture" aria-busy={isBusy}>
      <figure>
        <img src={picture.url} alt={reply?.alt_text ?? ''} />
        <figcaption class="fine">{picture.name}</figcaption>
      </figure>
      <div class="result">
        {isBusy ? (
          <p class="placeholder">
            <span class="spinner" aria-hidden="true" /> {state === 'working' ? 'Looking at the picture …' : 'Waiting …'}
          </p>
        ) : null}
        {error === null ? null : <Failure error={error} />}
        {reply === null ? null : <Result reply={reply} />}
        {isBusy ? null : (
          <button type="button" onClick={onAgain}>
            Describe again
          </button>
        )}
      </div>
    </article>
  );
}

function Result({ reply }: { reply: CaptionReply }) {
  return (
    <>
      <h2 class="label">Alt text</h2>
      <div class="row spread said">
        <p class="alt-text">{reply.alt_text === '' ? <em>No text could be made.</em> : reply.alt_text}</p>
        <CopyButton text={reply.alt_text} what="the alt text" />
      </div>
      <div class="row facts">
        <Confidence value={reply.confidence} model={reply.model} />
        <ModelBadge model={reply.model} />
      </div>
      {reply.flags.length === 0 ? null : (
        <ul class="flags" aria-label="Look twice">
          {reply.flags.map((flag) => (
            <li key={flag.code}>{flag.message}</li>
          ))}
        </ul>
      )}
      {reply.alternatives.length === 0 ? null : (
        <>
          <h2 class="label">Other ways to say it</h2>
          <ul class="alternatives">
            {reply.alternatives.map((text) => (
              <li key={text} class="row spread">
                <span>{text}</span>
                <CopyButton text={text} what={text} />
              </li>
            ))}
          </ul>
        </>
      )}
      <Spending timings={reply.timings} />
      <Words reply={reply} />
    </>
  );
}

/** The caption as the model said it, and the fields made for search engines. */
function Words({ reply }: { reply: CaptionReply }) {
  const { seo } = reply;
  const rows: readonly (readonly [string, string | null])[] = [
    ['Model’s own words', reply.caption],
    ['Title', seo.title],
    ['Caption', seo.caption],
    ['Description', seo.description],
    ['Keywords', seo.keywords?.join(', ') ?? null],
    ['File name', seo.file_name],
  ];
  return (
    <details>
      <summary>All fields</summary>
      <dl class="pairs">
        {rows.map(([name, text]) =>
          text === null || text === '' ? null : (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{text}</dd>
            </div>
          ),
        )}
      </dl>
    </details>
  );
}
