import { speak } from '@wordpress/a11y';
import { Button, Spinner, TextControl } from '@wordpress/components';
import { useState } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';
import { toRequestError } from './api';
import { NO_EXTRA_MARGIN } from './control-props';
import { askAbout, canAnswer, type Answer } from './text-api';

interface Asked {
  readonly question: string;
  /** Null while it is being answered, and where that failed. */
  readonly answer: Answer | null;
  readonly problem: string;
}

interface Props {
  readonly attachment: number;
  /** Gets the answer's words and their language, for the alt text that the person is editing. */
  readonly onTake: (words: string, language: string) => void;
}

/** The sidecar's limit, in characters. */
const LONGEST = 300;

/** Questions about an image, answered by the model. What it answers goes into the alt text only when a person takes it. */
export function Questions({ attachment, onTake }: Props) {
  /** Undefined until somebody opens it. */
  const [answers, setAnswers] = useState<boolean | null | 'asking' | undefined>(undefined);
  const open = () => {
    if (answers === true || answers === false || answers === 'asking') return;
    setAnswers('asking');
    void canAnswer().then(setAnswers);
  };
  return (
    <details className="altsmith-questions" onToggle={(event) => event.currentTarget.open && open()}>
      <summary>{__('Ask about this image', 'altsmith')}</summary>
      {answers === 'asking' ? <Spinner /> : null}
      {answers === false ? (
        <p>{__('The model of the sidecar cannot answer questions. One that can is blip-vqa-base.', 'altsmith')}</p>
      ) : null}
      {answers === null ? <p role="alert">{__('The sidecar does not answer. Close this and open it again to retry.', 'altsmith')}</p> : null}
      {answers === true ? <Conversation attachment={attachment} onTake={onTake} /> : null}
    </details>
  );
}

function Conversation({ attachment, onTake }: Props) {
  const [asked, setAsked] = useState<readonly Asked[]>([]);
  const [question, setQuestion] = useState('');
  const isWaiting = asked.some((one) => one.answer === null && one.problem === '');
  const words = question.trim();

  const ask = async () => {
    if (words === '' || isWaiting) return;
    const at = asked.length;
    const settle = (change: Partial<Asked>) => setAsked((now) => now.map((one, index) => (index === at ? { ...one, ...change } : one)));
    setAsked((now) => [...now, { question: words, answer: null, problem: '' }]);
    setQuestion('');
    try {
      const answer = await askAbout(attachment, words);
      settle({ answer });
      /* translators: %s: what the model answered */
      speak(sprintf(__('Answer: %s', 'altsmith'), textOf(answer).words));
    } catch (thrown) {
      const { message } = toRequestError(thrown);
      settle({ problem: message });
      speak(message, 'assertive');
    }
  };

  return (
    <>
      <ol>
        {asked.map((one, index) => (
          <li key={index}>
            <p dir="auto">{one.question}</p>
            <Reply asked={one} onTake={onTake} />
          </li>
        ))}
      </ol>
      {/* No form: these screens stand inside of WordPress's own. */}
      <div className="altsmith-questions__ask">
        <TextControl
          label={__('Question', 'altsmith')}
          help={__('The models understand English.', 'altsmith')}
          value={question}
          maxLength={LONGEST}
          onChange={setQuestion}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.nativeEvent.isComposing) return;
            event.preventDefault();
            void ask();
          }}
          {...NO_EXTRA_MARGIN}
        />
        <Button variant="secondary" isBusy={isWaiting} aria-disabled={words === '' || isWaiting} onClick={() => void ask()}>
          {__('Ask', 'altsmith')}
        </Button>
      </div>
    </>
  );
}

/** The words that are taken: translated where they can be. */
function textOf({ answer, translated, language }: Answer): { readonly words: string; readonly language: string } {
  return translated === '' ? { words: answer, language: 'en' } : { words: translated, language };
}

function Reply({ asked: { answer, problem }, onTake }: { readonly asked: Asked; readonly onTake: Props['onTake'] }) {
  if (problem !== '') return <p className="altsmith-questions__problem">{problem}</p>;
  if (answer === null)
    return (
      <p>
        <Spinner /> {__('Waiting for the answer…', 'altsmith')}
      </p>
    );
  const { words, language } = textOf(answer);
  if (words === '') return <p>{__('The model gave no answer.', 'altsmith')}</p>;
  return (
    <p>
      <strong lang={language} dir="auto">
        {words}
      </strong>{' '}
      {answer.translated === '' ? null : (
        <span lang="en" dir="ltr">
          ({answer.answer})
        </span>
      )}{' '}
      <Button
        variant="link"
        /* translators: %s: what the model answered */
        aria-label={sprintf(__('Add to the alt text: %s', 'altsmith'), words)}
        onClick={() => onTake(words, language)}
      >
        {__('Add to the alt text', 'altsmith')}
      </Button>
    </p>
  );
}
