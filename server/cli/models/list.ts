import { modelLines } from '../../captioning/model-lines';
import type { ModelLine } from '../../contract/model';
import { COMMON_OPTIONS, parseWords } from './words';

export const LIST_HELP = `Usage: altsmith models list [--json]

Shows the models that are known, and those that are here.
`;

function textOf(line: ModelLine): string {
  const mark = line.in_use ? '*' : ' ';
  const size = `${(line.download_bytes / 1e9).toFixed(1)} GB`;
  const state = line.download_bytes === 0 ? 'ships' : line.precisions.join(', ') || `not pulled (${size})`;
  const why = line.recommendation === null ? '' : `    ${line.recommendation}\n`;
  return `${mark} ${line.id.padEnd(23)} ${state.padEnd(22)} ${line.title} (${line.tasks.join(', ')})\n${why}`;
}

/** `altsmith models list`. */
export function list(args: string[], pulled: string): number {
  const { values } = parseWords({ args, options: COMMON_OPTIONS });
  if (values.help) {
    process.stdout.write(LIST_HELP);
    return 0;
  }
  const lines = modelLines(pulled);
  if (values.json) process.stdout.write(`${JSON.stringify({ items: lines })}\n`);
  else
    process.stdout.write(
      `${lines.map(textOf).join('')}\n* is what captions are made with when nothing else is named.\nA model on another server (Ollama, llama.cpp, vLLM …) is chosen by the setting ALTSMITH_MODEL=openai-compatible.\n`,
    );
  return 0;
}
