import { closeSync, openSync, writeSync } from 'node:fs';
import { AppError } from '../../errors';
import type { DescribedVideo } from './describe-video';
import { captionTexts, type Described } from './lines';

const COLUMNS = ['file', 'alt_text', 'caption', 'answer', 'confidence', 'alternatives', 'model', 'error'] as const;

/** Quoted as RFC 4180 says. */
function cell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A row of the table, with its line end. */
export function tableRow(cells: Partial<Record<(typeof COLUMNS)[number], string>>): string {
  return `${COLUMNS.map((column) => cell(cells[column] ?? '')).join(',')}\r\n`;
}

function rowOf(file: string, { caption, readings, answer, model, translated }: Described): string {
  const rest = { file, model: `${model.id} ${model.precision}` };
  if (caption === null || readings === null) {
    return tableRow({ ...rest, answer: answer?.text ?? '', confidence: (answer?.confidence ?? 0).toFixed(4) });
  }
  const english = captionTexts(readings);
  const { altText, alternatives } =
    translated === undefined ? english : { altText: translated.text, alternatives: translated.alternatives };
  return tableRow({
    ...rest,
    alt_text: altText,
    caption: caption.candidates[0].text,
    confidence: caption.confidence.toFixed(4),
    alternatives: alternatives.join(' | '),
  });
}

/** A CSV file that grows row by row, so that an interrupted run leaves what it has done. */
export class Table {
  private readonly handle: number;

  /** Creates or empties the file. Throws AppError STORAGE_UNAVAILABLE. */
  constructor(file: string) {
    try {
      this.handle = openSync(file, 'w');
    } catch (cause) {
      throw new AppError('STORAGE_UNAVAILABLE', {}, { cause });
    }
    this.write(`${COLUMNS.join(',')}\r\n`);
  }

  add(file: string, result: Described): void {
    this.write(rowOf(file, result));
  }

  addVideo(file: string, { texts: { summary, confidence }, model }: DescribedVideo): void {
    const cells = {
      file,
      alt_text: summary,
      confidence: confidence.toFixed(4),
      model: `${model.id} ${model.precision}`,
    };
    this.write(tableRow(cells));
  }

  addFailure(file: string, error: AppError): void {
    this.write(tableRow({ file, error: error.code }));
  }

  close(): void {
    closeSync(this.handle);
  }

  private write(text: string): void {
    try {
      writeSync(this.handle, text);
    } catch (cause) {
      throw new AppError('STORAGE_FULL', {}, { cause });
    }
  }
}
