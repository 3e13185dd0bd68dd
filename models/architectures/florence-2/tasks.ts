import type { Task } from '../../model-folder/manifest';

/**
 * What the model was trained to answer, word for word, and room for the answers (transformers 5, models/florence2/processing_florence2.py;
 * tokens `<CAPTION>`, `<DETAILED_CAPTION>`, `<MORE_DETAILED_CAPTION>`, `<OCR>`).
 */
export const TASKS: Readonly<Record<'caption' | 'detailed' | 'more_detailed' | 'ocr', Task>> = {
  caption: { prompt: 'What does the image describe?', max_new_tokens: 64 },
  detailed: { prompt: 'Describe in detail what is shown in the image.', max_new_tokens: 128 },
  more_detailed: { prompt: 'Describe with a paragraph what is shown in the image.', max_new_tokens: 256 },
  ocr: { prompt: 'What is the text in the image?', max_new_tokens: 512 },
};
