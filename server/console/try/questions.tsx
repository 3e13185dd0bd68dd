import { useState } from 'preact/hooks';
import { inSeconds } from '../parts/amounts';
import { confidenceInWords } from '../parts/confidence';
import { Failure } from '../parts/failure';
import { ModelBadge } from '../parts/model-badge';
import type { Answered, Picture } from './picture';
import { useUniqueId } from '../parts/use-unique-id';

interface QuestionsProps {
  readonly picture: Picture;
  readonly onQuestion: (question: string) => void;
}

/** Questions about the chosen picture. From the second on the sidecar need not look at the picture again. */
export function Questions({ picture, onQuestion }: QuestionsProps) {
  const id = useUniqueId();
  const [text, setText] = useState('');
  const submit = (event: Event) => {
    event.preventDefault();
    if (text.trim() === '') return;
    onQuestion(text.trim());
    setText('');
  };
  return (
    <section class="card" aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>Ask about this picture</h2>
      <ol class="answers">
        {picture.answers.map((one, at) => (
          <li key={at}>
            <p class="asked">{one.question}</p>
            <Answer one={one} />
          </li>
        ))}
      </ol>
      <form class="row" onSubmit={submit}>
        <label class="unseen" for={id}>
          Question
        </label>
        <input
          id={id}
          class="grow"
          type="text"
          maxLength={300}
          placeholder="How many people are there?"
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <button type="submit" class="main">
          Ask
        </button>
      </form>
    </section>
  );
}

function Answer({ one }: { one: Answered }) {
  if (one.error !== null) return <Failure error={one.error} />;
  if (one.reply === null) return <p class="fine">Thinking …</p>;
  const { answer, confidence, timings, model } = one.reply;
  return (
    <>
      <p class="answer">{answer}</p>
      <p class="fine">
        {confidenceInWords(confidence, model)} · {inSeconds(timings.total)} · looking {inSeconds(timings.vision)} ·{' '}
        <ModelBadge model={model} />
      </p>
    </>
  );
}
