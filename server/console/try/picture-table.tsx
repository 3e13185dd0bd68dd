import { inSeconds } from '../parts/amounts';
import { confidenceInWords } from '../parts/confidence';
import { download } from './download';
import type { Format } from './export';
import type { Picture } from './picture';

interface TableProps {
  readonly pictures: readonly Picture[];
  readonly chosenId: number | null;
  readonly onChoose: (id: number) => void;
  readonly onClear: () => void;
}

const FORMATS: readonly Format[] = ['txt', 'json', 'csv'];

export function PictureTable({ pictures, chosenId, onChoose, onClear }: TableProps) {
  const done = pictures.filter((picture) => picture.state === 'done' || picture.state === 'failed').length;
  const isDemonstration = pictures.some((picture) => picture.reply?.model.demonstration === true);
  return (
    <section class="card" aria-label="All pictures">
      <div class="row spread">
        <p>
          {done} of {pictures.length} done
          {isDemonstration ? <span class="tag tag-warn">texts of a demonstration model</span> : null}
        </p>
        <div class="row">
          {FORMATS.map((format) => (
            <button
              key={format}
              type="button"
              class="small"
              disabled={done === 0}
              onClick={() => download(pictures, format)}
            >
              <span class="unseen">Download as </span>.{format}
            </button>
          ))}
          <button type="button" class="small" onClick={onClear}>
            Clear
          </button>
        </div>
      </div>
      <progress class="thin" max={pictures.length} value={done} aria-label="Pictures done" />
      <div class="scroll" tabIndex={0} role="region" aria-label="Table of pictures">
        <table>
          <thead>
            <tr>
              <th scope="col">Picture</th>
              <th scope="col">Alt text</th>
              <th scope="col">Confidence</th>
              <th scope="col">Time</th>
            </tr>
          </thead>
          <tbody>
            {pictures.map((picture) => (
              <Row
                key={picture.id}
                picture={picture}
                isChosen={picture.id === chosenId}
                onChoose={() => onChoose(picture.id)}
              />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Row({ picture, isChosen, onChoose }: { picture: Picture; isChosen: boolean; onChoose: () => void }) {
  const { reply, error, state } = picture;
  const said = reply?.alt_text ?? error?.message ?? (state === 'waiting' ? 'waiting' : 'working …');
  return (
    <tr class={isChosen ? 'chosen' : ''}>
      <td>
        <button type="button" class="plain row" aria-pressed={isChosen} onClick={onChoose}>
          <img src={picture.url} alt="" width="44" height="44" loading="lazy" decoding="async" />
          <span class="file-name">{picture.name}</span>
        </button>
      </td>
      <td class={error === null ? '' : 'bad-text'}>
        {said}
        {reply !== null && reply.flags.length > 0 ? <span class="tag tag-warn">look twice</span> : null}
      </td>
      <td class="nowrap">{reply === null ? '' : confidenceInWords(reply.confidence, reply.model)}</td>
      <td class="nowrap">{reply === null ? '' : inSeconds(reply.timings.total)}</td>
    </tr>
  );
}
