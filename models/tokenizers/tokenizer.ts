/** Text to ids and back. */
export interface TextTokenizer {
  /** Ids of a text, without start and end tokens. Throws ModelError where it cannot be written in the model's tokens. */
  encode(text: string): number[];
  /** Text of some ids; special ones, and those that stand for nothing, are skipped. */
  decode(ids: readonly number[]): string;
}
