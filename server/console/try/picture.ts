import type { CaptionOptions, CaptionReply } from '../../contract/caption';
import type { ApiError } from '../connection/api-error';
import { joinAnswer, type Answered, type AnswerText } from '../parts/answers';

/** A picture on the page. It is never stored by the sidecar. */
export interface Picture {
  readonly id: number;
  readonly name: string;
  readonly blob: Blob;
  /** Object URL of the bytes, for <img>. */
  readonly url: string;
  readonly state: 'waiting' | 'working' | 'done' | 'failed';
  readonly options: CaptionOptions;
  readonly reply: CaptionReply | null;
  readonly error: ApiError | null;
  readonly answers: readonly Answered[];
}

export type PictureChange =
  | { readonly kind: 'add'; readonly pictures: readonly Picture[] }
  | { readonly kind: 'patch'; readonly id: number; readonly patch: Partial<Picture> }
  | { readonly kind: 'ask'; readonly id: number; readonly question: string }
  | { readonly kind: 'answer'; readonly id: number; readonly question: string; readonly answered: Answered }
  | { readonly kind: 'take'; readonly id: number; readonly taken: AnswerText }
  | { readonly kind: 'clear' };

export function changePictures(pictures: readonly Picture[], change: PictureChange): readonly Picture[] {
  switch (change.kind) {
    case 'add':
      return [...pictures, ...change.pictures];
    case 'clear':
      return [];
    case 'patch':
      return pictures.map((one) => (one.id === change.id ? { ...one, ...change.patch } : one));
    case 'ask': {
      const open = { question: change.question, reply: null, error: null };
      return pictures.map((one) => (one.id === change.id ? { ...one, answers: [...one.answers, open] } : one));
    }
    case 'take':
      return pictures.map((one) => (one.id === change.id ? withAnswer(one, change.taken) : one));
    case 'answer':
      return pictures.map((one) => (one.id === change.id ? { ...one, answers: settled(one.answers, change) } : one));
  }
}

function settled(answers: readonly Answered[], { question, answered }: { question: string; answered: Answered }) {
  const at = answers.findIndex((one) => one.question === question && one.reply === null && one.error === null);
  return at === -1 ? answers : answers.with(at, answered);
}

/** The alt text of the page, which is copied and exported, with an answer in it. */
function withAnswer(picture: Picture, { text, language }: AnswerText): Picture {
  const { reply } = picture;
  return reply === null
    ? picture
    : { ...picture, reply: { ...reply, alt_text: joinAnswer(reply.alt_text, text, language) } };
}
