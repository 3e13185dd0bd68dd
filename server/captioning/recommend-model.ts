import { SHARE_OF_MEMORY, type Machine, type Products } from './worker-count';

interface Choice {
  readonly id: string;
  /** Memory of one int8 worker in bytes: the peak that docs/models.md has, and a fifth to a third more for large pictures. */
  readonly workerBytes: number;
  /** Without them a picture takes longer than people wait. */
  readonly cores: number;
  readonly products: readonly Products[];
  /** Why it comes before those below it. */
  readonly reason: string;
}

const ANY: readonly Products[] = ['amx', 'vnni', 'avx2', 'unknown'];
const FAST: readonly Products[] = ['amx', 'vnni'];

/** Best captions first, by the published scores on NoCaps, pictures of all kinds (docs/models.md). */
const CHOICES: readonly Choice[] = [
  {
    id: 'florence-2-large-ft',
    workerBytes: 2.1e9,
    cores: 4,
    products: FAST,
    reason: 'it has the best published captions of all, and reads the text in pictures',
  },
  {
    id: 'florence-2-base-ft',
    workerBytes: 1.1e9,
    cores: 2,
    products: ANY,
    reason:
      'it has the best published captions of the models that are quick enough here, and reads the text in pictures',
  },
  {
    id: 'blip-base',
    workerBytes: 0.5e9,
    cores: 1,
    products: ANY,
    reason: 'it has the best published captions of the models that fit here',
  },
];

export interface Recommendation {
  readonly id: string;
  /** One sentence that names the machine, as far as it matters. */
  readonly sentence: string;
}

const PRODUCT_WORDS: Readonly<Record<Products, string>> = {
  amx: ' with AMX',
  vnni: ' with VNNI',
  avx2: ' with AVX2',
  none: ' without AVX2',
  unknown: '',
};

/** Which of the models to run on a machine of one's own. Pure. */
export function recommendModel({ cores, memoryBytes, products }: Machine): Recommendation {
  const fits = (choice: Choice) =>
    memoryBytes * SHARE_OF_MEMORY >= choice.workerBytes && cores >= choice.cores && choice.products.includes(products);
  const found = CHOICES.find(fits);
  const counted = cores === 1 ? '1 core' : `${cores} cores`;
  const here = `For this machine (${counted}${PRODUCT_WORDS[products]}, ${(memoryBytes / 1e9).toFixed(1)} GB of memory)`;
  if (found !== undefined) return { id: found.id, sentence: `${here} ${found.id} is recommended: ${found.reason}.` };
  const sentence = `${here} only mini is recommended, which is for demonstration: nothing better is quick enough or fits into half of the memory.`;
  return { id: 'mini', sentence };
}
