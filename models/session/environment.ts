import { checkedFunction, written } from './library';

/** ORT_LOGGING_LEVEL_ERROR. */
export const ERRORS_ONLY = 3;
/** OrtArenaAllocator and OrtMemTypeDefault. */
const [ARENA, PLAIN_MEMORY] = [1, 0];
/** kNextPowerOfTwo of OrtArenaCfg: where the first piece is not enough, a further one is twice as large. */
const DOUBLING = 0;
const NO_LIMIT = 0;
/** Only what was used of it is in memory: a caption of BLIP-base takes 45 MB, one of Florence-2-base 370 MB in two pieces. */
const FIRST_PIECE_BYTES = 2 ** 28;
/** Most bytes that a value leaves unused of the piece it gets. */
const MOST_WASTE = 2 ** 16;

const createEnvironment = checkedFunction('CreateEnv', 'int level, const char *id, _Out_ void **environment');
const createMemoryInfo = checkedFunction('CreateCpuMemoryInfo', 'int allocator, int memory, _Out_ void **info');
const createArena = checkedFunction(
  'CreateArenaCfg',
  'size_t most, int growth, int first, int waste, _Out_ void **arena',
);
const shareAllocator = checkedFunction('CreateAndRegisterAllocator', 'void *environment, void *info, void *arena');

/** onnxruntime of this process. */
export const environment = written(createEnvironment, ERRORS_ONLY, 'altsmith');
shareAllocator(
  environment,
  written(createMemoryInfo, ARENA, PLAIN_MEMORY),
  written(createArena, NO_LIMIT, DOUBLING, FIRST_PIECE_BYTES, MOST_WASTE),
);

/**
 * Entries of a session's options: values between the nodes of all graphs lie in one arena of large pieces. glibc alone spreads them, since
 * it cannot give a freed place to an aligned value of the same size: 20 MB more for BLIP-base, 110 MB more for Florence-2-base. An arena for
 * each session would begin small and keep pieces of every size. Weights stay outside, where what is packed can be freed.
 */
export const SHARED_ARENA = {
  'session.use_env_allocators': '1',
  'session.use_device_allocator_for_initializers': '1',
} as const;
