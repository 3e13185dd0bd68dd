import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readManifest, type Manifest } from '../../../models/blip/manifest';
import { checkModelFiles } from '../../../models/blip/model-files';
import { locateModel } from '../../../models/locate-model';
import { knownModels, type Golden } from '../../../models/registry';
import { listen, sampleQuestion, type Said } from './agreement';
import { writeSamplePictures } from './sample-pictures';
import { COMMON_OPTIONS, onlyWord, parseWords } from './words';

export const VERIFY_HELP = `Usage: altsmith models verify ID[/PRECISION]|FOLDER [--pictures FOLDER] [--json]

Compares the files of a model with their sha256, lets it describe a generated picture, and, for an official model, compares
what it says about published pictures with what is published. Those pictures are looked for in --pictures FOLDER:
demo.jpg (hub: hf-internal-testing/blip-test-image) and 000000039769.jpg (COCO, val2017); without them that part is skipped.
`;

interface GoldenResult {
  readonly picture: string;
  readonly due: string;
  /** null: the picture is not here. */
  readonly said: string | null;
  readonly passed: boolean | null;
}

function dueOf({ text, tokens }: Golden): string {
  return text ?? tokens.map((each) => each.join(' ')).join(' or ');
}

function isMet(golden: Golden, { text, tokens }: Said): boolean {
  if (golden.text !== null) return text === golden.text;
  return golden.tokens.some((due) => due.join() === tokens.join());
}

async function runGolden(golden: Golden, folder: string, pictures: string | null): Promise<GoldenResult> {
  const file = pictures === null ? null : path.join(pictures, golden.picture);
  const due = dueOf(golden);
  if (file === null || !existsSync(file)) return { picture: golden.picture, due, said: null, passed: null };
  const options = { beams: 1, ...(golden.prompt === null ? {} : { prompt: golden.prompt }) };
  const [said] = await listen(folder, { files: [file], question: golden.question, options });
  if (said === undefined) return { picture: golden.picture, due, said: null, passed: null };
  return {
    picture: golden.picture,
    due,
    said: golden.text === null ? said.tokens.join(' ') : said.text,
    passed: isMet(golden, said),
  };
}

async function describeSample(folder: string, manifest: Manifest): Promise<string> {
  const scratch = mkdtempSync(path.join(tmpdir(), 'altsmith-verify-'));
  try {
    const trial = { files: writeSamplePictures(scratch, 1), question: sampleQuestion(manifest) };
    const [said] = await listen(folder, trial);
    return said?.text ?? '';
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function report(manifest: Manifest, sample: string, goldens: readonly GoldenResult[]): void {
  process.stdout.write(
    `${manifest.id} (${manifest.precision}): ${manifest.files.length} files are as they were made.\n`,
  );
  process.stdout.write(`It loads, and says of a generated picture: "${sample}"\n`);
  const ran = goldens.filter(({ passed }) => passed !== null);
  for (const { picture, due, said, passed } of ran) {
    process.stdout.write(
      passed === true ? `${picture}: as published\n` : `${picture}: "${said ?? ''}", published is "${due}"\n`,
    );
  }
  if (goldens.length > ran.length) {
    process.stdout.write(
      `${goldens.length - ran.length} published cases skipped: their pictures are not here (--pictures).\n`,
    );
  }
}

/** `altsmith models verify`: exit code 1 when a published case fails in an exact model. Throws ModelError. */
export async function verify(args: string[], pulled: string): Promise<number> {
  const { values, positionals } = parseWords({
    args,
    allowPositionals: true,
    options: { ...COMMON_OPTIONS, pictures: { type: 'string' } },
  });
  if (values.help) {
    process.stdout.write(VERIFY_HELP);
    return 0;
  }
  const folder = locateModel(onlyWord(positionals, 'a model'), pulled);
  const manifest = await readManifest(folder);
  await checkModelFiles(folder, manifest);
  const sample = await describeSample(folder, manifest);
  const goldens: GoldenResult[] = [];
  for (const golden of knownModels().find(({ id }) => id === manifest.id)?.golden ?? []) {
    goldens.push(await runGolden(golden, folder, values.pictures ?? null));
  }
  if (values.json)
    process.stdout.write(`${JSON.stringify({ id: manifest.id, precision: manifest.precision, sample, goldens })}\n`);
  else report(manifest, sample, goldens);
  // Rounded weights may choose another fair word; only an exact model must say what is published.
  const isExact = manifest.precision === 'fp32' || manifest.precision === 'fp16';
  return isExact && goldens.some(({ passed }) => passed === false) ? 1 : 0;
}
