import { environment, ERRORS_ONLY, SHARED_ARENA } from './environment';
import { checkedFunction, PATH_TYPE, plainFunction, textAt, written, writtenNumber, type Pointer } from './library';
import { Tensor } from './tensor';

/** GraphOptimizationLevel of onnxruntime_c_api.h. */
const LEVELS = { extended: 2, all: 99 } as const;

export interface GraphOptions {
  readonly threads: number;
  readonly level?: keyof typeof LEVELS;
  /** The graph as it was optimised is written to this file. */
  readonly optimizedFile?: string;
  /** What the name of a file begins with that gets onnxruntime's own profile when the session is closed. */
  readonly profile?: string;
  /** Entries of onnxruntime_session_options_config_keys.h. */
  readonly config?: Readonly<Record<string, string>>;
}

const createOptions = checkedFunction('CreateSessionOptions', '_Out_ void **options');
const setOptimizedFile = checkedFunction('SetOptimizedModelFilePath', `void *options, ${PATH_TYPE} file`);
const enableProfile = checkedFunction('EnableProfiling', `void *options, ${PATH_TYPE} prefix`);
const disablePattern = checkedFunction('DisableMemPattern', 'void *options');
const disableArena = checkedFunction('DisableCpuMemArena', 'void *options');
const setSeverity = checkedFunction('SetSessionLogSeverityLevel', 'void *options, int level');
const setLevel = checkedFunction('SetSessionGraphOptimizationLevel', 'void *options, int level');
const setThreads = checkedFunction('SetIntraOpNumThreads', 'void *options, int count');
const setGraphThreads = checkedFunction('SetInterOpNumThreads', 'void *options, int count');
const addEntry = checkedFunction('AddSessionConfigEntry', 'void *options, const char *key, const char *value');
const releaseOptions = plainFunction('ReleaseSessionOptions', 'void', 'void *options');
const create = checkedFunction(
  'CreateSession',
  `void *environment, ${PATH_TYPE} file, void *options, _Out_ void **session`,
);
const createOfBytes = checkedFunction(
  'CreateSessionFromArray',
  'void *environment, void *bytes, size_t length, void *options, _Out_ void **session',
);
const releaseSession = plainFunction('ReleaseSession', 'void', 'void *session');
const inputCount = checkedFunction('SessionGetInputCount', 'void *session, _Out_ size_t *count');
const outputCount = checkedFunction('SessionGetOutputCount', 'void *session, _Out_ size_t *count');
const NAME = 'void *session, size_t index, void *allocator, _Out_ void **name';
const inputName = checkedFunction('SessionGetInputName', NAME);
const outputName = checkedFunction('SessionGetOutputName', NAME);
const freeText = checkedFunction('AllocatorFree', 'void *allocator, void *text');
const runGraph = checkedFunction(
  'Run',
  'void *session, void *options, const char **inputs, void **values, size_t inputCount, const char **outputs, size_t outputCount, ' +
    '_Inout_ void **results',
);

const allocator = written(checkedFunction('GetAllocatorWithDefaultOptions', '_Out_ void **allocator'));

function optionsOf({ threads, level = 'all', optimizedFile, profile, config = {} }: GraphOptions): Pointer {
  const options = written(createOptions);
  setSeverity(options, ERRORS_ONLY);
  setLevel(options, LEVELS[level]);
  setThreads(options, threads);
  setGraphThreads(options, 1);
  // Of its own: all sessions share one.
  disableArena(options);
  // Plans of memory are kept for each size of picture, without end.
  disablePattern(options);
  if (optimizedFile !== undefined) setOptimizedFile(options, optimizedFile);
  if (profile !== undefined) enableProfile(options, profile);
  for (const [key, value] of Object.entries({ ...SHARED_ARENA, ...config })) addEntry(options, key, value);
  return options;
}

function namesOf(session: Pointer, count: typeof inputCount, name: typeof inputName): string[] {
  return Array.from({ length: writtenNumber(count, session) }, (_, index) => {
    const pointer = written(name, session, index, allocator);
    const text = textAt(pointer);
    freeText(allocator, pointer);
    return text;
  });
}

/** One graph in onnxruntime. */
export class GraphSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];

  private constructor(private session: Pointer) {
    try {
      this.inputNames = namesOf(session, inputCount, inputName);
      this.outputNames = namesOf(session, outputCount, outputName);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Loads a file, or the bytes of one. Throws Error with onnxruntime's sentence. */
  static open(graph: string | Uint8Array, given: GraphOptions): GraphSession {
    const options = optionsOf(given);
    try {
      return new GraphSession(
        typeof graph === 'string'
          ? written(create, environment, graph, options)
          : written(createOfBytes, environment, graph, graph.length, options),
      );
    } finally {
      releaseOptions(options);
    }
  }

  /**
   * Runs the graph and blocks until it is done. What else `feeds` holds than the graph's inputs is left aside. The outputs, by default
   * all, are new tensors in onnxruntime's memory, to be disposed of. Throws Error with onnxruntime's sentence, and for a closed graph.
   */
  run(feeds: Readonly<Record<string, Tensor>>, outputs: readonly string[] = this.outputNames): Record<string, Tensor> {
    if (this.session === null) throw new Error('The graph was closed.');
    const inputs = this.inputNames.filter((name) => name in feeds);
    const values = inputs.map((name) => feeds[name]?.pointer);
    const results: Pointer[] = outputs.map(() => null);
    runGraph(this.session, null, inputs, values, inputs.length, outputs, outputs.length, results);
    const tensors = Tensor.all(results);
    return Object.fromEntries(tensors.map((tensor, place) => [outputs[place] ?? '', tensor]));
  }

  /** Frees it. */
  close(): void {
    if (this.session !== null) releaseSession(this.session);
    this.session = null;
  }
}
