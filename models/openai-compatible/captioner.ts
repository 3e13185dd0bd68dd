import {
  pixelsOf,
  type Answer,
  type Caption,
  type CaptionOptions,
  type Captioner,
  type ModelInfo,
  type Picture,
  type StoredPicture,
} from '../captioner';
import { fingerprintOf } from '../fingerprint';
import { ModelError } from '../model-error';
import { askServer, ParameterRefused, probeServer } from './ask';
import type { ModelServer } from './model-server';
import { textOfReply } from './reply';
import { ALT_TEXT_REQUEST, MOST_TOKENS, questionRequest } from './wording';

/** The picture as a JPEG of bounded size, without anything of the file it came from but its pixels. */
export type EncodeJpeg = (picture: Picture) => Promise<Uint8Array>;

/**
 * These servers tell nothing that can be compared between models. In the middle, so that it sorts neither up nor down;
 * whoever shows it says that it is not known, and no text of a `remote` model is approved without a person.
 */
const CONFIDENCE_UNKNOWN = 0.5;

/** A model on another server that speaks OpenAI's chat completions. It is sent the picture; nothing is loaded here. */
export class OpenAiCompatibleCaptioner implements Captioner {
  readonly info: ModelInfo;
  readonly input = null;
  /** Found out by the first answer: a server of newer models refuses the older names. */
  private wantsNewNames = false;

  constructor(
    private readonly server: ModelServer,
    private readonly encode: EncodeJpeg,
  ) {
    this.info = {
      id: server.model,
      precision: 'remote',
      demonstration: false,
      calibrated: false,
      canAnswer: true,
      canPrompt: false,
      fingerprint: fingerprintOf([server.address, server.model]),
      address: server.address,
    };
  }

  async caption(picture: Picture | StoredPicture, options: CaptionOptions = {}): Promise<Caption> {
    if ((options.prompt ?? '').trim() !== '') {
      throw new ModelError('PROMPT_NOT_POSSIBLE', `The model ${this.info.id} cannot continue a prompt.`);
    }
    if (options.task !== undefined && options.task !== 'caption') {
      const reason = `cannot do the task "${options.task}"; it can do caption`;
      throw new ModelError('TASK_NOT_POSSIBLE', `The model ${this.info.id} ${reason}.`);
    }
    const { text, timingsMs } = await this.ask(picture, ALT_TEXT_REQUEST, options);
    return {
      candidates: [{ text, tokens: [], logProbs: [], score: 0 }],
      confidence: CONFIDENCE_UNKNOWN,
      labels: [],
      timingsMs,
    };
  }

  async answer(picture: Picture | StoredPicture, question: string, options: CaptionOptions = {}): Promise<Answer> {
    const { text, timingsMs } = await this.ask(picture, questionRequest(question), options);
    return { text, tokens: [], confidence: CONFIDENCE_UNKNOWN, timingsMs };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private async ask(picture: Picture | StoredPicture, request: string, options: CaptionOptions) {
    const begin = performance.now();
    const jpeg = Buffer.from(await this.encode(await pixelsOf(picture))).toString('base64');
    const body = {
      model: this.server.model,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: request },
            { type: 'image_url', image_url: { url: `data:image/jpeg;base64,${jpeg}` } },
          ],
        },
      ],
      stream: false,
    };
    const reply = await this.complete(body, options);
    return { text: textOfReply(reply), timingsMs: { vision: 0, text: performance.now() - begin } };
  }

  private async complete(body: object, { maxNewTokens = MOST_TOKENS, signal }: CaptionOptions): Promise<unknown> {
    const ask = (limits: object) =>
      askServer(this.server, { path: '/chat/completions', body: { ...body, ...limits }, signal });
    const newNames = { max_completion_tokens: maxNewTokens };
    if (this.wantsNewNames) return ask(newNames);
    try {
      // Temperature 0: the same picture, the same words, as far as the server can.
      return await ask({ max_tokens: maxNewTokens, temperature: 0 });
    } catch (error) {
      if (!(error instanceof ParameterRefused)) throw error;
      const reply = await ask(newNames);
      this.wantsNewNames = true;
      return reply;
    }
  }
}

/** Throws ModelError MODEL_SERVER_UNREACHABLE, MODEL_SERVER_REFUSED, CAPTION_TIMEOUT when it cannot be asked at all. */
export async function openOpenAiCompatible(
  server: ModelServer,
  encode: EncodeJpeg,
): Promise<OpenAiCompatibleCaptioner> {
  await probeServer(server);
  return new OpenAiCompatibleCaptioner(server, encode);
}
