'use strict';
// OpenVINO as a peer of the bench, called from Node through its C interface, without copies: what a request gives stays in OpenVINO's
// memory and is an input of the next one. Arguments: folder of OpenVINO's libraries; folder with picture.xml and decoder.xml
// (make_openvino.py); our model folder they were made of; threads. A request is a line {"file", "beams", "tokens"}; the answer
// {"total", "vision", "tokens"} in milliseconds, from the JPEG on disk to token ids. Resizing and the search are our own.
const fs = require('node:fs');
const path = require('node:path');
const { performance } = require('node:perf_hooks');
const readline = require('node:readline');
const koffi = require('koffi');
const sharp = require('sharp');

const build = path.resolve(__dirname, '../../../build/models');
const { GraphBuilder } = require(path.join(build, 'onnx/graph.js'));
const { resizeAsPillow } = require(path.join(build, 'graph/pillow-resize.js'));
const { GraphSession } = require(path.join(build, 'session/graph-session.js'));
const { Tensor } = require(path.join(build, 'session/tensor.js'));
const { EncoderDecoderCaptioner } = require(path.join(build, 'encoder-decoder-captioner.js'));
const { readManifest } = require(path.join(build, 'model-folder/manifest.js'));
const { JsonTokenizer } = require(path.join(build, 'tokenizers/json-tokenizer.js'));

/** ov_element_type_e */
const TYPES = { float32: [4, Float32Array], int64: [10, BigInt64Array], uint8: [16, Uint8Array] };
const [libraries, folder, modelFolder, threads] = process.argv.slice(2);

const file = fs.readdirSync(libraries).find((name) => name.startsWith('libopenvino_c.so'));
const library = koffi.load(path.join(libraries, file));
koffi.struct('ov_shape_t', { rank: 'int64_t', dims: 'int64_t *' });
koffi.struct('ov_property_t', { key: 'const char *', value: 'const char *' });
const lastError = library.func('const char *ov_get_last_err_msg()');
/** A function that gives a status, as one that throws. */
function checked(declaration) {
  const call = library.func(`int ${declaration}`);
  return (...values) => {
    if (call(...values) !== 0) throw new Error(`${declaration}: ${lastError()}`);
  };
}
function written(call, ...values) {
  const place = [null];
  call(...values, place);
  return place[0];
}
const createCore = checked('ov_core_create(_Out_ void **core)');
const compile = checked(
  'ov_core_compile_model_from_file_props(void *core, const char *path, const char *device, size_t n, ov_property_t *p, _Out_ void **m)',
);
const createRequest = checked('ov_compiled_model_create_infer_request(void *m, _Out_ void **r)');
const setTensor = checked('ov_infer_request_set_tensor(void *r, const char *name, void *t)');
const getTensor = checked('ov_infer_request_get_tensor(void *r, const char *name, _Out_ void **t)');
const infer = checked('ov_infer_request_infer(void *r)');
const createTensor = checked('ov_tensor_create(int type, ov_shape_t shape, _Out_ void **t)');
const dataOf = checked('ov_tensor_data(void *t, _Out_ void **p)');
const freeTensor = library.func('void ov_tensor_free(void *t)');

function viewOf(tensor, length, TypedArray) {
  return new TypedArray(koffi.view(written(dataOf, tensor), length * TypedArray.BYTES_PER_ELEMENT), 0, length);
}
const known = new Map();
/** A tensor of our own with these numbers, made once for each use and shape. */
function inputOf(use, type, dims, values) {
  const key = `${use} ${dims.join(' ')}`;
  const [number, TypedArray] = TYPES[type];
  if (!known.has(key)) {
    const sizes = BigInt64Array.from(dims, BigInt);
    known.set(key, { tensor: written(createTensor, number, { rank: dims.length, dims: sizes }), sizes });
  }
  const { tensor } = known.get(key);
  if (values.length > 0) viewOf(tensor, values.length, TypedArray).set(values);
  return tensor;
}

function open() {
  const core = written(createCore);
  const properties = Object.entries({
    INFERENCE_NUM_THREADS: threads,
    PERFORMANCE_HINT: 'LATENCY',
    NUM_STREAMS: '1',
  }).map(([key, value]) => ({ key, value }));
  const of = (name) => written(compile, core, path.join(folder, name), 'CPU', properties.length, properties);
  const decoder = of('decoder.xml');
  return {
    picture: written(createRequest, of('picture.xml')),
    turns: [written(createRequest, decoder), written(createRequest, decoder)],
  };
}

function resizer(side) {
  const graph = new GraphBuilder('resize');
  const pixels = graph.input('pixels', 'uint8', [1, 'height', 'width', 3]);
  graph.output(graph.rename(resizeAsPillow(graph, pixels, side), 'resized'), 'uint8', [1, 3, side, side]);
  return GraphSession.open(graph.toBuffer(), {
    threads: Number(threads),
    config: { 'session.force_spinning_stop': '1' },
  });
}

/** What our captioner asks of a session, done by OpenVINO. */
class OpenVinoSession {
  constructor({ dims }) {
    this.dims = dims;
    this.parts = Array.from({ length: dims.layers }, (_, layer) => [`k${layer}`, `v${layer}`]).flat();
    this.resize = resizer(dims.image_size);
    Object.assign(this, open());
    this.bytes = inputOf('pixels', 'uint8', [1, 3, dims.image_size, dims.image_size], []);
    setTensor(this.picture, 'pixels', this.bytes);
  }

  async encode({ data, width, height }) {
    const pixels = Tensor.of('uint8', data, [1, height, width, 3]);
    const { resized } = this.resize.run({ pixels });
    viewOf(this.bytes, resized.bytes, Uint8Array).set(resized.data);
    pixels.dispose();
    resized.dispose();
    return { values: {}, classLogits: null };
  }

  async look(image, ids) {
    if (ids !== null) {
      this.set(this.picture, 'input_ids', [1, ids.length], ids);
      this.set(this.picture, 'position_ids', [ids.length], [...ids.keys()]);
    }
    infer(this.picture);
    for (const part of this.parts) {
      const seen = written(getTensor, this.picture, `cross_${part}`);
      for (const turn of this.turns) setTensor(turn, `cross_${part}`, seen);
      freeTensor(seen);
    }
    this.seen = performance.now();
    return image;
  }

  decode() {
    let [position, count] = [0, 0];
    const step = async (rows, { choices }) => {
      const [now, before] = [this.turns[count % 2], this.turns[(count + 1) % 2]];
      const { length } = rows[0].tokens;
      this.set(now, 'input_ids', [rows.length, length], rows.map(({ tokens }) => tokens).flat());
      this.set(now, 'position_ids', [length], Array.from({ length }, (_, at) => position + at)); // prettier-ignore
      this.set(now, 'beam_idx', [rows.length], rows.map(({ parent }) => parent)); // prettier-ignore
      this.set(now, 'top_count', [1], [choices]);
      for (const part of this.parts) this.remember(now, part, count === 0 ? null : before);
      infer(now);
      position += length;
      count += 1;
      const [top, logProbs] = [
        ['top_ids', BigInt64Array],
        ['top_log_probs', Float32Array],
      ].map(([name, TypedArray]) => {
        const tensor = written(getTensor, now, name);
        const values = Array.from(viewOf(tensor, rows.length * choices, TypedArray), Number);
        freeTensor(tensor);
        return values;
      });
      return rows.map((_, row) => {
        const [begin, end] = [row * choices, (row + 1) * choices];
        return { ids: top.slice(begin, end), logProbs: logProbs.slice(begin, end), logits: null };
      });
    };
    return { step, close: () => undefined };
  }

  close() {}

  set(request, name, dims, values) {
    setTensor(request, name, inputOf(name, 'int64', dims, BigInt64Array.from(values, BigInt)));
  }

  /** What the step before has written, or nothing, as an input of this one. */
  remember(now, part, before) {
    const { heads, head_size: size } = this.dims;
    if (before === null) {
      setTensor(now, `past_${part}`, inputOf('past', 'float32', [1, heads, 0, size], []));
      return;
    }
    const past = written(getTensor, before, `present_${part}`);
    setTensor(now, `past_${part}`, past);
    freeTensor(past);
  }
}

async function main() {
  const begin = performance.now();
  sharp.concurrency(1);
  sharp.cache(false);
  const manifest = await readManifest(modelFolder);
  const text = fs.readFileSync(path.join(modelFolder, manifest.text.vocabulary), 'utf8');
  const tokenizer =
    manifest.architecture === 'blip' ? { decode: () => 'words' } : new JsonTokenizer(text, manifest.text.special);
  const session = new OpenVinoSession(manifest);
  const captioner = new EncoderDecoderCaptioner(manifest, session, tokenizer);
  process.stdout.write(`${JSON.stringify({ load: performance.now() - begin })}\n`);
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const { file: name, beams, tokens } = JSON.parse(line);
    const start = performance.now();
    const { data, info } = await sharp(name)
      .removeAlpha()
      .toColourspace('srgb')
      .raw()
      .toBuffer({ resolveWithObject: true });
    const options = { beams, maxNewTokens: tokens, minLength: 1 + tokens, keepWordless: true };
    const caption = await captioner.caption({ data, width: info.width, height: info.height }, options);
    const answer = {
      total: performance.now() - start,
      vision: session.seen - start,
      tokens: [manifest.tokens.start, ...caption.candidates[0].tokens],
    };
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
  process.exit(0);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
