import type { Task } from '../../contract/caption';
import type { ModelRef } from '../../contract/primitives';

/** What each task gives, as it is shown. */
export const TASK_WORDS: Readonly<Record<Task, string>> = {
  caption: 'a caption',
  detailed: 'a detailed caption',
  more_detailed: 'a paragraph',
  ocr: 'the text in the picture',
  question: 'an answer to a question',
};

/** Which model wrote a text. Stands beside every text of a model. */
export function ModelBadge({ model }: { model: ModelRef }) {
  return (
    <span class="model">
      {model.id} <span class="fine">{model.precision}</span>
      {model.demonstration ? (
        <span
          class="tag tag-warn"
          title="For demonstration: do not publish its texts unread. Download blip-base for real use."
        >
          demonstration
        </span>
      ) : null}
    </span>
  );
}
