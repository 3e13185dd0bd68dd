// The thread that reads words: pictures one after the other. It ends with the worker process that started it.
import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { chosenLanguages, loadLanguage } from '../../models/ocr/languages-here';
import type { PageText } from '../../models/ocr/page-text';
import { readPage } from '../../models/ocr/read-page';
import { Tesseract } from '../../models/ocr/tesseract';
import { inBackground } from '../background';

const Request = z.object({
  id: z.number(),
  grey: z.object({
    data: z.custom<Uint8Array>((value) => value instanceof Uint8Array),
    width: z.number(),
    height: z.number(),
  }),
  languages: z.array(z.string()).readonly(),
});
export type OcrRequest = z.infer<typeof Request>;

export type OcrAnswer =
  { readonly id: number; readonly page: PageText | null } | { readonly id: number; readonly problem: string };

/** Words of one set of languages at a time: each takes tens of megabytes. */
class Reader {
  private open: { readonly codes: string; readonly tesseract: Tesseract } | null = null;

  constructor(private readonly folder: string) {}

  /** Null where no language is here. Throws ModelError. */
  async read({ grey, languages }: OcrRequest): Promise<PageText | null> {
    const chosen = chosenLanguages(this.folder, languages);
    if (chosen.length === 0) return null;
    const codes = chosen.map(({ code }) => code).join('+');
    if (this.open?.codes !== codes) {
      this.open?.tesseract.close();
      this.open = null;
      const tesseract = await Tesseract.open(chosen.map((one) => loadLanguage(this.folder, one)));
      this.open = { codes, tesseract };
    }
    return readPage(this.open.tesseract, grey);
  }
}

// Without a parent this is no thread: somebody only imported it.
if (parentPort !== null) {
  const port = parentPort;
  const reader = new Reader(z.string().parse(workerData));
  const send = (answer: OcrAnswer) => port.postMessage(answer);
  const answer = async (message: unknown) => {
    const request = Request.parse(message);
    try {
      send({ id: request.id, page: await reader.read(request) });
    } catch (error) {
      send({ id: request.id, problem: error instanceof Error ? error.message : String(error) });
    }
  };
  let last: Promise<void> = Promise.resolve();
  // What cannot be answered ends the thread; the worker process starts another.
  const endOfThread = (error: unknown) => {
    process.nextTick(() => {
      throw error;
    });
  };
  port.on('message', (message) => inBackground(() => (last = last.then(() => answer(message))), endOfThread));
}
