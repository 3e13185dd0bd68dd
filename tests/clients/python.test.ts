import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { AppError } from '../../server/errors';
import { fakeCaption } from '../support/fake-engine';
import { EXAMPLES, PHOTO, runExample } from '../support/run-example';
import { TestSidecar } from '../support/test-sidecar';

// Only in `npm run test:clients`: it installs the Python clients into a folder of its own first.
const PACKAGES = ['openai', 'huggingface_hub', 'replicate==1.0.7', 'ollama'];

const altText = fakeCaption(readFileSync(PHOTO)).replace(/^a/, 'A');
const folder = mkdtempSync(path.join(os.tmpdir(), 'altsmith-python-'));
const python = path.join(folder, 'bin/python');

let sidecar: TestSidecar;
beforeAll(async () => {
  execFileSync('python3', ['-m', 'venv', folder]);
  execFileSync(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...PACKAGES]);
  sidecar = await TestSidecar.start();
}, 300_000);
afterAll(async () => {
  await sidecar.remove();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  sidecar.engine.before = () => undefined;
});

/** Runs a few lines; what they print comes back. The sidecar lives in this process, so nothing may block it. */
async function run(lines: string): Promise<string> {
  const env = { ...process.env, ALTSMITH_URL: sidecar.url, ALTSMITH_KEY: sidecar.key, PHOTO };
  const head = 'import os\nURL, KEY, PHOTO = (os.environ[n] for n in ("ALTSMITH_URL", "ALTSMITH_KEY", "PHOTO"))\n';
  const { stdout } = await promisify(execFile)(python, ['-c', head + lines], { env });
  return stdout.trim();
}

test.each(readdirSync(EXAMPLES).filter((file) => file.endsWith('.py')))('%s prints the caption', async (file) => {
  expect(await runExample(python, file, sidecar)).toBe(altText);
});

test('huggingface_hub asks a question', async () => {
  const printed = await run(`
from huggingface_hub import InferenceClient
client = InferenceClient(model=URL + "/hf", token=KEY)
print(client.visual_question_answering(image=PHOTO, question="Is it a dog?")[0].answer)`);
  expect(printed).toBe('yes');
});

const CHAT = `
import base64, openai
client = openai.OpenAI(base_url=URL + "/v1", api_key=KEY, max_retries=0)
uri = "data:image/jpeg;base64," + base64.b64encode(open(PHOTO, "rb").read()).decode()
content = [{"type": "text", "text": "Describe."}, {"type": "image_url", "image_url": {"url": uri}}]
messages = [{"role": "user", "content": content}]
`;

test('openai streams', async () => {
  const printed = await run(`${CHAT}
stream = client.chat.completions.create(model="gpt-4o", messages=messages, stream=True)
print("".join(chunk.choices[0].delta.content or "" for chunk in stream))`);
  expect(printed).toBe(altText);
});

test('openai has its own classes for our errors', async () => {
  const printed = await run(`${CHAT}
def error_of(call):
    try:
        call()
    except openai.APIStatusError as error:
        return type(error).__name__ + " " + str(error.code)
stranger = openai.OpenAI(base_url=URL + "/v1", api_key="alt_wrong", max_retries=0)
print(error_of(lambda: stranger.models.list()))
print(error_of(lambda: client.chat.completions.create(model="x", messages=[{"role": "user", "content": "Hello"}])))
print(error_of(lambda: client.models.retrieve("gpt-4o")))`);
  expect(printed.split('\n')).toEqual([
    'AuthenticationError invalid_api_key',
    'BadRequestError missing_image',
    'NotFoundError model_not_found',
  ]);
});

test('openai comes again when the queue was full', async () => {
  let calls = 0;
  sidecar.engine.before = () => {
    calls += 1;
    if (calls === 1) throw new AppError('QUEUE_FULL', { retry_after_seconds: 1 });
  };
  const printed = await run(`${CHAT}
patient = client.with_options(max_retries=2)
print(patient.chat.completions.create(model="x", messages=messages).choices[0].message.content)`);
  expect([printed, calls]).toEqual([altText, 2]);
});

const REPLICATE = `
from replicate.client import Client
from replicate.exceptions import ModelError, ReplicateError
client = Client(api_token=KEY, base_url=URL + "/replicate")
`;

test('replicate runs a model without a version, and polls', async () => {
  const printed = await run(`${REPLICATE}
print(client.run("salesforce/blip", input={"image": open(PHOTO, "rb")}, use_file_output=False))
prediction = client.predictions.create(model="salesforce/blip", input={"image": open(PHOTO, "rb")})
prediction.wait()
print(prediction.status, prediction.output)`);
  expect(printed.split('\n')).toEqual([altText, `succeeded ${altText}`]);
});

test('replicate shows the detail of our errors', async () => {
  const printed = await run(`${REPLICATE}
try:
    client.run("salesforce/blip", input={"image": "https://example.com/a.jpg"})
except ReplicateError as error:
    print(error.status, error.detail)`);
  expect(printed).toMatch(/^422 This sidecar does not fetch pictures/);
});

test('replicate raises when a run fails', async () => {
  sidecar.engine.before = () => {
    throw new AppError('IMAGE_CORRUPT');
  };
  const printed = await run(`${REPLICATE}
try:
    client.run("salesforce/blip", input={"image": open(PHOTO, "rb")})
except ModelError as error:
    print(error)`);
  expect(printed).toMatch(/damaged and cannot be decoded/);
});

test('ollama chats and streams', async () => {
  const printed = await run(`
from ollama import Client
client = Client(host=URL, headers={"Authorization": "Bearer " + KEY})
messages = [{"role": "user", "content": "Describe this image.", "images": [PHOTO]}]
print(client.chat(model="llava", messages=messages).message.content)
print("".join(part.message.content for part in client.chat(model="llava", messages=messages, stream=True)))`);
  expect(printed.split('\n')).toEqual([altText, altText]);
});
