/** What is known of a language, by its BCP 47 tag. */

/** `pt` of pt-BR. */
export const languageOf = (tag: string) => new Intl.Locale(tag).language;

/** The script that a language is written in, by ISO 15924. */
export const scriptOf = (tag: string) => new Intl.Locale(tag).maximize().script ?? 'Latn';

/** By ISO 15924; others are checked by their own name. */
const SCRIPTS: Record<string, RegExp> = {
  Jpan: /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]/u,
  Hans: /\p{Script=Han}/u,
  Hant: /\p{Script=Han}/u,
  Kore: /[\p{Script=Hangul}\p{Script=Han}]/u,
};

/** Letters that a language is written in. */
export function writtenIn(tag: string): RegExp {
  const script = scriptOf(tag);
  return (SCRIPTS[script] ??= new RegExp(`\\p{Script=${script}}`, 'u'));
}

/** Shortest and longest translation as a multiple of the English, in characters. Estimated. */
const BANDS: Readonly<Record<string, readonly [number, number]>> = {
  ar: [0.5, 1.5],
  he: [0.4, 1.4],
  ja: [0.16, 0.8],
  ko: [0.25, 1],
  zh: [0.12, 0.6],
};
const USUAL_BAND = [0.6, 2] as const;

export function lengthBand(tag: string): readonly [number, number] {
  return BANDS[languageOf(tag)] ?? USUAL_BAND;
}

/** Words of captions that are written the same in English and in some language that is translated into; plurals in -s too. */
const COGNATES = new Set(
  (
    'animal arm avocado banana bank bar baseball basketball bison block boulevard brunette bungalow burger bus cactus camera canal canyon ' +
    'capital central classic clown cobra cockpit color comic computer container cup dame data dessert digital dinosaur disco elegant ' +
    'final film fire flora football fresh frisbee fruit gala giraffe glacier global golf gorilla graffiti grand guitar hall hamburger ' +
    'hand hobby hockey horizontal hotel idol image iris jeans jogging kiwi koala lama land laptop layout lily local logo madonna magnolia ' +
    'mango marina match metal mini mobile model modern monitor moped motel motor museum music natural neutral note oasis office open ' +
    'opera orange oval page palm panda panorama park parking part passage pasta patio pedal photo piano picnic pizza place plan plane ' +
    'plastic plaza pony portal portrait poster pullover puma radio ravioli regional restaurant ring robot rose route rugby safari salami ' +
    'salmon sandwich scene scooter second selfie serve service shop shorts signal simple skateboard smartphone snack snowboard social sofa ' +
    'solar spaghetti sport square stadium statue steak stop stress studio surf sushi table tablet tango taxi tennis text toast tomato ' +
    'total tour toy tractor train tram transparent trio tropical tulip tunnel turban vase vertical veranda verse video villa village ' +
    'login screenshot cheeseburger mouse dashboard browser app apps website online team workshop software hardware server cloud chat feedback ' +
    'design icon emoji business manager meeting stand party event show star fan trend trailer teaser newsletter podcast video webinar banner ' +
    'button slider link tag blog post account user cookie router scanner toaster mixer grill barbecue smoothie sandwich steak burger ' +
    'pigeon bouquet jeep king-size queen-size half station stations train trains photo photos orange table tables fruit fruits image images ' +
    'collage cascade dolphin canoe kayak ballet buffet cabaret casino cinema circus concert corridor courage costume couple dentist dessert ' +
    'dragon fashion festival flash fontaine garage gondola gorge granite hangar helicopter iguana jaguar lagune lavender lion lynx maquette ' +
    'marathon microphone minibus mosaic mosque mountainbike pagoda palette papaya parasol pavillon pelican pergola pirate plateau pompon ' +
    'printer pyramid quartet quiche rodeo saxophone sculpture silhouette solo souvenir tambour tapir tarte ticket tiger tipi toast tornado ' +
    'tournament trampoline triangle trombone trophy truck tunnel uniform viaduct virus volcano voyage walkman waterpolo workshop ' +
    'mozzarella chocolate ketchup cupcake muffin brownie donut bagel croissant cappuccino espresso burrito taco tortilla paella risotto lasagna ' +
    'broccoli curry ramen kimono tofu wok smoothie cocktail whisky vodka bacon cheddar pesto hotdog popcorn surfboard kayak bikini drone ' +
    'violet vista visual vital volleyball wagon warm water western wild winter yacht yoga zebra zone zoo'
  ).split(' '),
);

/** True where a word that is the same as in English proves nothing. */
export function isCognate(word: string): boolean {
  return COGNATES.has(word) || (word.endsWith('s') && COGNATES.has(word.slice(0, -1)));
}

/** Nouns for people are not marked there, or seldom. */
const UNMARKED = new Set([
  'en',
  'ja',
  'zh',
  'ko',
  'fi',
  'hu',
  'tr',
  'et',
  'id',
  'vi',
  'fa',
  'th',
  'nl',
  'da',
  'sv',
  'nb',
]);

/** Languages whose usual word for such a person is the same for all: Kind, personne, osoba. */
const ONE_WORD: Readonly<Record<string, ReadonlySet<string>>> = {
  child: new Set(['de', 'fr', 'pt', 'pl', 'cs', 'sk', 'uk', 'ru', 'el']),
  toddler: new Set(['de', 'pl', 'cs', 'sk', 'el']),
  baby: new Set(['de', 'fr', 'es', 'pt', 'pl', 'cs', 'sk', 'uk', 'ru', 'el']),
};

/** True where the word of a language for a person may say whether that is a woman or a man; `person` is the English one. */
export function marksGender(tag: string, person: string): boolean {
  const language = languageOf(tag);
  return person !== 'person' && !UNMARKED.has(language) && ONE_WORD[person]?.has(language) !== true;
}
