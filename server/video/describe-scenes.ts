/** What was said of one frame of a video. Times are seconds from the beginning. */
export interface Scene {
  readonly at: number;
  readonly from: number;
  readonly to: number;
  readonly caption: string;
  /** Things the caption is about, as English lemmas, in order. */
  readonly nouns: readonly string[];
  /** 0..1 */
  readonly confidence: number;
  /** A heading made of the caption; null where it has none. */
  readonly title: string | null;
}

/** What a video of such scenes can be called. */
export interface VideoTexts {
  /** One sentence: what most of it shows, else its scenes in their order. It tells no action over time, and nothing of the sound. */
  readonly summary: string;
  /** That of the sentence, or what its parts are about. */
  readonly title: string | null;
  readonly keywords: readonly string[];
  /** Of the least certain caption that the summary holds. */
  readonly confidence: number;
  /** The second whose frame is a good poster. */
  readonly posterAt: number;
}

/** A thing that is seen for this share of the time is what the video shows. */
const MOST_OF_IT = 0.6;
/** A sentence of more parts is a list; the list is there too. */
const MOST_PARTS = 4;
const MOST_KEYWORDS = 8;

/** "A close up of", "a view of": they say how a thing is shown, and are in captions of everything. */
const SAYS_HOW: ReadonlySet<string> = new Set(
  'background close close-up closeup couple foreground front group image middle photo picture side top view'.split(' '),
);

const secondsOf = ({ from, to }: Scene) => Math.max(0.1, to - from);

/** Seconds that each thing is seen for, most first; among equals the one that came first. */
function timeOfNouns(scenes: readonly Scene[]): [string, number][] {
  const seconds = new Map<string, number>();
  for (const scene of scenes) {
    for (const noun of new Set(scene.nouns.filter((each) => !SAYS_HOW.has(each))))
      seconds.set(noun, (seconds.get(noun) ?? 0) + secondsOf(scene));
  }
  return [...seconds].sort(([, one], [, other]) => other - one);
}

const key = (caption: string) => caption.toLowerCase();

/** Each caption once, with the time of all scenes that have it and its most certain scene, in the order of its first one. */
function differentCaptions(scenes: readonly Scene[]): { scene: Scene; seconds: number }[] {
  const found = new Map<string, { scene: Scene; seconds: number }>();
  for (const scene of scenes) {
    const known = found.get(key(scene.caption));
    const best = known === undefined || scene.confidence > known.scene.confidence ? scene : known.scene;
    found.set(key(scene.caption), { scene: best, seconds: (known?.seconds ?? 0) + secondsOf(scene) });
  }
  return [...found.values()];
}

const startsName = (text: string) => /^(?:\p{Lu}{2}|I\b)/u.test(text);
const continued = (text: string) => (startsName(text) ? text : text.charAt(0).toLowerCase() + text.slice(1));

function listOf(scenes: readonly Scene[]): { text: string; parts: readonly Scene[] } {
  const all = differentCaptions(scenes);
  const longest = [...all].sort((one, other) => other.seconds - one.seconds).slice(0, MOST_PARTS);
  const parts = all.filter((one) => longest.includes(one)).map(({ scene }) => scene);
  const text = parts.map(({ caption }, index) => (index === 0 ? caption : continued(caption))).join('; ');
  return { text: all.length > parts.length ? `${text}; …` : text, parts };
}

/** What most of the video shows, or null where no thing is in most of it. */
function mainScene(scenes: readonly Scene[]): Scene | null {
  const total = scenes.reduce((sum, scene) => sum + secondsOf(scene), 0);
  const [most] = timeOfNouns(scenes);
  if (most === undefined || most[1] < MOST_OF_IT * total) return null;
  const about = scenes.filter(({ nouns }) => nouns.includes(most[0]));
  return about.reduce<Scene | null>(
    (best, scene) => (best === null || scene.confidence > best.confidence ? scene : best),
    null,
  );
}

/** What the parts of a list are about, as a heading: "Bird, flower, camera". */
function titleOf(parts: readonly Scene[]): string | null {
  const [only] = parts;
  if (only === undefined || parts.some(({ title }) => title === null)) return null;
  if (parts.length === 1) return only.title;
  const things = new Set(parts.flatMap(({ nouns }) => nouns.find((noun) => !SAYS_HOW.has(noun)) ?? []));
  const text = [...things].join(', ');
  return text === '' ? null : text.charAt(0).toUpperCase() + text.slice(1);
}

/** What the scenes of a video say together. Pure; there is at least one scene. */
export function describeScenes(scenes: readonly [Scene, ...Scene[]]): VideoTexts {
  const longest = scenes.reduce((best, scene) => (secondsOf(scene) > secondsOf(best) ? scene : best));
  const main = mainScene(scenes);
  const { text, parts } = main === null ? listOf(scenes) : { text: main.caption, parts: [main] };
  return {
    summary: text,
    title: titleOf(parts),
    keywords: timeOfNouns(scenes)
      .slice(0, MOST_KEYWORDS)
      .map(([noun]) => noun),
    confidence: Math.min(...parts.map(({ confidence }) => confidence)),
    posterAt: (main ?? longest).at,
  };
}
