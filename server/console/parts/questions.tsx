import { useState } from 'preact/hooks';
import { inSeconds } from './amounts';
import type { Answered, AnswerText } from './answers';
import { confidenceInWords } from './confidence';
import { Failure } from './failure';
import { ModelBadge } from './model-badge';
import { useUniqueId } from './use-unique-id';

interface QuestionsProps {
  readonly answers: readonly Answered[];
  readonly onQuestion: (question: string) => void;
  /** Absent where there is no alt text that an answer could go into. */
  readonly onTake?: (taken: AnswerText) => void;
}

/** Questions about a picture, what was answered, and the line for the next one. */
export function Questions({ answers, onQuestion, onTake }: QuestionsProps) {
  const id = useUniqueId();
  const [text, setText] = useState('');
  const submit = (event: Event) => {
    event.preventDefault();
    if (text.trim() === '') return;
    onQuestion(text.trim());
    setText('');
  };
  return (
    <>
      <ol class="answers">
        {answers.map((one, at) => (
          <li key={at}>
            <p class="asked">{one.question}</p>
            <Answer one={one} {...(onTake === undefined ? {} : { onTake })} />
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
    </>
  );
}

function Answer({ one, onTake }: { one: Answered; onTake?: QuestionsProps['onTake'] }) {
  if (one.error !== null) return <Failure error={one.error} />;
  if (one.reply === null) return <p class="fine">Thinking …</p>;
  const { answer, confidence, timings, model } = one.reply;
  const { text, language } = one.translated ?? { text: answer, language: 'en' };
  return (
    <>
      <div class="row spread">
        <p class="answer">
          <span lang={language} dir="auto">
            {text}
          </span>
          {one.translated === undefined ? null : (
            <span class="fine" lang="en" dir="ltr">
              {' '}
              ({answer})
            </span>
          )}
        </p>
        {onTake === undefined || text.trim() === '' ? null : (
          <button type="button" class="small" onClick={() => onTake({ text, language })}>
            Add to the alt text<span class="unseen"> {text}</span>
          </button>
        )}
      </div>
      <p class="fine">
        {confidenceInWords(confidence, model)} · {inSeconds(timings.total)} · looking {inSeconds(timings.vision)} ·{' '}
        <ModelBadge model={model} />
      </p>
    </>
  );
}
