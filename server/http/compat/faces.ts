import type { Route } from '../route';
import { eachlabs } from './eachlabs/errors';
import { predictions as eachlabsPredictions } from './eachlabs/predictions';
import type { Face } from './face';
import { huggingFace } from './hugging-face/errors';
import { inference } from './hugging-face/inference';
import { modelRunner } from './modelrunner/errors';
import { queue } from './modelrunner/queue';
import { ollama } from './ollama/errors';
import { generation } from './ollama/generate';
import { models as ollamaModels } from './ollama/models';
import { chatCompletions } from './openai/chat-completions';
import { openAi } from './openai/errors';
import { models as openAiModels } from './openai/models';
import { responses } from './openai/responses';
import { replicate } from './replicate/errors';
import { files } from './replicate/files';
import { models as replicateModels } from './replicate/models';
import { predictions } from './replicate/predictions';

/** The order counts: OpenAI's chat below /hf is not Hugging Face's inference. */
const FACES: readonly Face[] = [openAi, huggingFace, replicate, eachlabs, modelRunner, ollama];

/** Every route that speaks another API's language. */
export const COMPAT_ROUTES: readonly Route[] = [
  ...chatCompletions,
  ...responses,
  ...openAiModels,
  ...inference,
  ...predictions,
  ...replicateModels,
  ...files,
  ...eachlabsPredictions,
  ...queue,
  ...generation,
  ...ollamaModels,
];

/** Whose shape the answer to a path has; null for our own API. */
export function faceOf(path: string): Face | null {
  return FACES.find((face) => face.owns(path)) ?? null;
}
