import type { TranslationReply } from '../../contract/translation';
import { useState } from 'preact/hooks';
import { toApiError } from '../connection/api-error';
import { query } from '../connection/query';
import { isAnswerReply } from '../connection/replies';
import { ask, askForBytes } from '../connection/request';
import { isText, shape } from '../connection/shape';
import { useStatus } from '../connection/status';
import { announce } from '../parts/announcer';
import { joinAnswer, type Answered } from '../parts/answers';
import { Questions } from '../parts/questions';
import type { Draft, Entry } from './entry';
import { writtenIn } from './source';

const isTranslation = shape<Pick<TranslationReply, 'text'>>({ text: isText });

/** The answer in the language of the card's text; nothing where it is English or nothing translates into it. */
async function inLanguage(answer: string, language: string): Promise<Pick<Answered, 'translated'>> {
  if (/^en\b/.test(language) || answer.trim() === '') return {};
  try {
    const { text } = await ask('/v1/translations', isTranslation, {
      method: 'POST',
      json: { text: answer, to: language },
    });
    return { translated: { text, language } };
  } catch {
    // The answer itself is here: it stays English, as suggestions do without a translator.
    return {};
  }
}

async function answerTo(question: string, sha256: string, language: string): Promise<Answered> {
  try {
    const picture = await askForBytes(`/v1/images/${sha256}/thumbnail`);
    const reply = await ask(`/v1/captions${query({ question })}`, isAnswerReply, { method: 'POST', bytes: picture });
    return { question, reply, error: null, ...(await inLanguage(reply.answer, language)) };
  } catch (thrown) {
    return { question, reply: null, error: toApiError(thrown) };
  }
}

interface CardQuestionsProps {
  readonly entry: Entry;
  readonly onEdit: (draft: Partial<Draft>) => void;
}

/** Questions about the picture of a suggestion. The model sees its thumbnail, which is larger than what models look at. */
export function CardQuestions({ entry: { suggestion, draft }, onEdit }: CardQuestionsProps) {
  const status = useStatus()?.data ?? null;
  const [answers, setAnswers] = useState<readonly Answered[]>([]);
  const language = writtenIn(suggestion);
  const onQuestion = (question: string) => {
    const at = answers.length;
    setAnswers((now) => [...now, { question, reply: null, error: null }]);
    void answerTo(question, suggestion.image_sha256, language).then((answered) => {
      setAnswers((now) => now.with(at, answered));
      if (answered.reply !== null) announce(`Answer: ${answered.translated?.text ?? answered.reply.answer}`);
    });
  };
  return (
    <details>
      <summary>Ask about this picture</summary>
      {status?.abilities?.answer === true ? (
        <Questions
          answers={answers}
          onQuestion={onQuestion}
          onTake={(taken) => {
            const text = joinAnswer(draft.alt_text, taken.text, taken.language);
            onEdit({ alt_text: text });
            announce(`The alt text is now: ${text}`);
          }}
        />
      ) : (
        <p class="fine">
          {status?.model == null
            ? 'No model is loaded now.'
            : 'The loaded model cannot answer questions; use one that can, such as blip-vqa-base.'}
        </p>
      )}
    </details>
  );
}
