// The only file that loads onnxruntime: what it would send home is switched off before it is there.
import './no-telemetry';
import { existsSync } from 'node:fs';
import path from 'node:path';
import koffi from 'koffi';

/** A pointer that only the library looks behind. */
export type Pointer = unknown;

/** `OrtGetApiBase()->GetApi(version)`: any version up to the library's own gives a table that begins alike. */
const API_VERSION = 20;
/** Places of the functions in that table, as onnxruntime_c_api.h lists them; functions are only ever added at its end. */
const PLACES = {
  GetErrorMessage: 2,
  CreateEnv: 3,
  CreateSession: 7,
  CreateSessionFromArray: 8,
  Run: 9,
  CreateSessionOptions: 10,
  SetOptimizedModelFilePath: 11,
  EnableProfiling: 14,
  DisableMemPattern: 17,
  DisableCpuMemArena: 19,
  SetSessionLogSeverityLevel: 22,
  SetSessionGraphOptimizationLevel: 23,
  SetIntraOpNumThreads: 24,
  SetInterOpNumThreads: 25,
  SessionGetInputCount: 30,
  SessionGetOutputCount: 31,
  SessionGetInputName: 36,
  SessionGetOutputName: 37,
  CreateTensorWithDataAsOrtValue: 49,
  GetTensorMutableData: 51,
  GetTensorElementType: 60,
  GetDimensionsCount: 61,
  GetDimensions: 62,
  GetTensorTypeAndShape: 65,
  CreateCpuMemoryInfo: 69,
  AllocatorFree: 76,
  GetAllocatorWithDefaultOptions: 78,
  ReleaseStatus: 93,
  ReleaseSession: 95,
  ReleaseValue: 96,
  ReleaseTensorTypeAndShapeInfo: 99,
  ReleaseSessionOptions: 100,
  AddSessionConfigEntry: 130,
  CreateAndRegisterAllocator: 144,
  CreateArenaCfg: 156,
} as const;
type FunctionName = keyof typeof PLACES;

/** Paths are wide characters on Windows. */
export const PATH_TYPE = process.platform === 'win32' ? 'str16' : 'str';

const FILES: Readonly<Record<string, string>> = { win32: 'onnxruntime.dll', darwin: 'libonnxruntime.1.dylib' };

/** The library that onnxruntime-node brings for this machine. */
function libraryFile(): string {
  const binaries = path.join(path.dirname(require.resolve('onnxruntime-node/package.json')), 'bin/napi-v6');
  const file = path.join(binaries, process.platform, process.arch, FILES[process.platform] ?? 'libonnxruntime.so.1');
  if (existsSync(file)) return file;
  throw new Error(`onnxruntime-node has no library for ${process.platform} ${process.arch}: ${file} is missing.`);
}

type NativeFunction = (...values: unknown[]) => unknown;

function functionAt(address: Pointer, definition: string): NativeFunction {
  return koffi.decode(address, koffi.proto(definition)) as NativeFunction;
}

/** Exported so that it is never collected as garbage, which would unload it under its own functions. */
export const library = koffi.load(libraryFile());
const base: Pointer = library.func('void *OrtGetApiBase()')();
const versions: Pointer = koffi.decode(base, 8, 'void *');
/** Of the library, for example "1.30.0". */
export const VERSION = String(functionAt(versions, 'const char *()')());
const getApi = functionAt(koffi.decode(base, 'void *'), 'void *(uint32_t version)');
const api: Pointer = getApi(API_VERSION);

/** A function that gives no status. `parameters` as in C. */
export function plainFunction(name: FunctionName, result: string, parameters: string): NativeFunction {
  const address: Pointer = koffi.decode(api, PLACES[name] * koffi.sizeof('void *'), 'void *');
  return functionAt(address, `${result} (${parameters})`);
}

const messageOf = plainFunction('GetErrorMessage', 'const char *', 'void *status');
const releaseStatus = plainFunction('ReleaseStatus', 'void', 'void *status');

/** A function that gives a status: throws Error with onnxruntime's own sentence where that is no success. */
export function checkedFunction(name: FunctionName, parameters: string): NativeFunction {
  const call = plainFunction(name, 'void *', parameters);
  return (...values) => {
    const status = call(...values);
    if (status === null) return;
    const message = String(messageOf(status));
    releaseStatus(status);
    throw new Error(message);
  };
}

/** The pointer that a function writes behind its last parameter. */
export function written(call: NativeFunction, ...values: readonly unknown[]): Pointer {
  const place: Pointer[] = [null];
  call(...values, place);
  return place[0];
}

/** The same of a whole number. */
export function writtenNumber(call: NativeFunction, ...values: readonly unknown[]): number {
  return Number(written(call, ...values));
}

/** Memory of the library as an array that must not be used after it was freed. */
export function viewOf(pointer: Pointer, bytes: number): ArrayBuffer {
  return koffi.view(pointer, bytes);
}

/** The text that a pointer leads to. */
export function textAt(pointer: Pointer): string {
  return String(koffi.decode(pointer, 'char', -1));
}
