import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readManifest, type Manifest } from '../../../models/model-folder/manifest';
import { checkModelFiles } from '../../../models/model-folder/model-files';
import { locateModel, PRECISION_FOLDERS } from '../../../models/locate-model';
import { ModelError } from '../../../models/model-error';
import { knownModels } from '../../../models/registry';
import { describeAgreement, listen, sampleQuestion, type Agreement } from './agreement';
import { compareWithExact } from './exact-model';
import { runGoldens, type GoldenResult } from './golden';
import { interruptible, unlessAborted } from './interruption';
import { writeSamplePictures } from './sample-pictures';
import { readConfig } from '../../config';
import { translateSamples } from './translation-trial';
import { COMMON_OPTIONS, onlyWord, parseWords } from './words';

export const VERIFY_HELP = `Usage: altsmith models verify ID[/PRECISION]|FOLDER [--pictures FOLDER] [--json]

Compares the files of a model with their sha256, lets it describe a generated picture, compares a rounded model with the exact one
where that (fp32 beside it) or the checkpoint is here, and, for an official model, compares what it says about published pictures
with what is published. Those pictures are looked for in --pictures FOLDER: demo.jpg (hub: hf-internal-testing/blip-test-image) and
000000039769.jpg (COCO, val2017); without them that part is skipped, as is everything for an official model that is not here.

The exit code is 1 when a file differs, or when an exact model (fp32, fp16) says something else than what is published.
`;

async function describeSample(folder: string, manifest: Manifest): Promise<string> {
  if (manifest.translation !== undefined) {
    const [said] = await translateSamples(folder, readConfig(process.env).threads, 1);
    return said?.text ?? '';
  }
  const scratch = mkdtempSync(path.join(tmpdir(), 'altsmith-verify-'));
  try {
    const trial = { files: writeSamplePictures(scratch, 1), question: sampleQuestion(manifest) };
    const [said] = await listen(folder, trial);
    return said?.text ?? '';
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

interface Findings {
  readonly manifest: Manifest;
  readonly sample: string;
  /** null: the exact model is not here, or this is it. */
  readonly agreement: Agreement | null;
  readonly goldens: readonly GoldenResult[];
}

/** Rounded weights may choose another fair word; only an exact model must say what is published. */
function isExact({ precision }: Manifest): boolean {
  return precision === 'fp32' || precision === 'fp16';
}

function agreementLine({ manifest, agreement }: Findings): string {
  if (agreement !== null)
    return describeAgreement(manifest.precision, agreement, manifest.translation === undefined ? 'pictures' : 'texts');
  if (manifest.precision === 'fp32') return 'Not compared: fp32 is the exact model.';
  return 'Not compared with the exact model: neither fp32 of it nor its checkpoint is here.';
}

function goldenLines({ manifest, goldens }: Findings): string[] {
  const ran = goldens.filter(({ passed }) => passed !== null);
  const differing = ran.filter(({ passed }) => passed === false);
  const lines = ran.map(({ picture, due, said, passed }) =>
    passed === true ? `${picture}: as published` : `${picture}: "${said ?? ''}", published is "${due}"`,
  );
  if (differing.length > 0 && !isExact(manifest)) {
    lines.push(
      `${manifest.precision} may choose other words than the published ones, so this fails nothing; fp32 may not.`,
    );
  }
  const skipped = goldens.length - ran.length;
  if (skipped > 0) lines.push(`${skipped} published cases skipped: their pictures are not here (--pictures).`);
  return lines;
}

function report(findings: Findings): void {
  const { manifest, sample } = findings;
  const lines = [
    `${manifest.id} (${manifest.precision}): ${manifest.files.length} files are as they were made.`,
    manifest.translation === undefined
      ? `It loads, and says of a generated picture: "${sample}"`
      : `It loads, and says for "a cat sitting on a wooden table": "${sample}"`,
    agreementLine(findings),
    ...goldenLines(findings),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** Folder of the model; null for an official one whose weights are not here. Throws ModelError for any other that is not. */
function locate(name: string, pulled: string): string | null {
  try {
    return locateModel(name, pulled);
  } catch (error) {
    const isOfficial = knownModels().some(({ id }) =>
      [id, ...PRECISION_FOLDERS.map((precision) => `${id}/${precision}`)].includes(name),
    );
    if (error instanceof ModelError && error.code === 'MODEL_FILE_MISSING' && isOfficial) return null;
    throw error;
  }
}

async function examine(
  folder: string,
  pulled: string,
  pictures: string | null,
  signal: AbortSignal,
): Promise<Findings> {
  const manifest = await readManifest(folder);
  await checkModelFiles(folder, manifest);
  const sample = await unlessAborted(signal, describeSample(folder, manifest));
  const source = knownModels().find(({ id }) => id === manifest.id)?.source ?? null;
  const agreement = await compareWithExact(folder, manifest, { pulled, source, signal });
  const goldens = await unlessAborted(signal, runGoldens(manifest, folder, pictures));
  return { manifest, sample, agreement, goldens };
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
  const name = onlyWord(positionals, 'a model');
  const folder = locate(name, pulled);
  if (folder === null) {
    const skipped = `no weights of ${name} here`;
    process.stdout.write(values.json ? `${JSON.stringify({ id: name, skipped })}\n` : `skipped: ${skipped}\n`);
    return 0;
  }
  const findings = await interruptible((signal) => examine(folder, pulled, values.pictures ?? null, signal));
  const { manifest, sample, agreement, goldens } = findings;
  const { id, precision } = manifest;
  if (values.json) process.stdout.write(`${JSON.stringify({ id, precision, sample, agreement, goldens })}\n`);
  else report(findings);
  return isExact(manifest) && goldens.some(({ passed }) => passed === false) ? 1 : 0;
}
