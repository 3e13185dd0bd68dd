import { ModelError } from './model-error';
import type { Manifest, Task } from './model-folder/manifest';
import type { TextTokenizer } from './tokenizers/tokenizer';

/** Most characters of a token, except runs of one character. A text that is too long by this measure is refused before tokenization. */
const LONGEST_TOKEN = 16;

/** What a model's text encoder reads beside a picture, as ids with start and end: the words of a task, a prompt, or a question. */
export class EncoderWords {
  constructor(
    private readonly manifest: Manifest,
    private readonly tokenizer: TextTokenizer,
  ) {}

  /** For models that do several tasks. */
  ofTask({ prompt }: Task): number[] {
    const { classify, separate } = this.manifest.tokens;
    return [classify, ...this.tokenizer.encode(prompt), separate];
  }

  /** For models that read prompts. null: nothing was given. Throws ModelError where it is too long. */
  ofPrompt(prompt: string | null): number[] {
    const { classify, separate } = this.manifest.tokens;
    if (prompt === null) return [classify];
    return [...this.within(prompt, 'prompt'), separate];
  }

  /** `original`: as the code that came with the model asks. Throws ModelError where it is too long. */
  ofQuestion(question: string, original: boolean): number[] {
    const { tokens, question: about, prompted } = this.manifest;
    if (prompted !== null) return this.ofPrompt(prompted.question.replace('{question}', () => question.trim()));
    const words = this.within(question, 'question');
    if (!original || about === null) return [tokens.classify, ...words, tokens.separate];
    return [about.original_start, ...words.slice(0, about.original_longest - 2), tokens.separate];
  }

  private within(text: string, what: string): number[] {
    const { positions } = this.manifest.dims;
    const words = text.length > LONGEST_TOKEN * positions ? null : this.tokenizer.encode(text);
    if (words !== null && words.length + 2 <= positions) return words;
    throw new ModelError('BAD_REQUEST', `The ${what} is too long: this model reads ${positions} tokens.`);
  }
}
