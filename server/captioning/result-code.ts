import { deflateRawSync, inflateRawSync } from 'node:zlib';

/** What most results have in common, commonest last. Part of the format: results that are stored need it as it is. */
const DICTIONARY = Buffer.from(
  '{"model":{"id":"blip-base","precision":"int8-vnni","demonstration":false,"canAnswer":true,"canPrompt":true},' +
    '"model":{"id":"mini","precision":"int8","demonstration":true,"canAnswer":false,"canPrompt":false},' +
    '"image":{"width":1024,"height":768,"format":"png","hasAlpha":true,"image":{"width":960,"height":640,"format":"webp",' +
    '"hasAlpha":false,"format":"jpeg","hasAlpha":false,"contrast":58.1,"flatness":0.2},"caption":{"candidates":[{"text":"a ' +
    'black and white photo of a group of people standing sitting holding wearing in front of the side of the road street ' +
    'beach table with a man woman in a blue red shirt is looking at the camera on top of a wooden next to a close up of a",' +
    '"tokens":[],"logProbs":[],"score":-0.8},{"text":"a ","tokens":[],"logProbs":[],"score":-0.9}],"confidence":0.3,' +
    '"labels":[],"secondOpinion":null,"timingsMs":{"vision":64,"text":53}},"readings":{"candidates":[{"text":"A ",' +
    '"problems":["too_short","repetitive"],"problems":[],"title":"Man ","nouns":["man","shirt","camera"],"names_person":false,' +
    '"unnamed":null},{"text":"A man ","problems":[],"title":"Woman ","nouns":["woman","table"],"names_person":false,' +
    '"unnamed":null}],"second_opinion":null},"timingsMs":{"decode":8,"vision":64,"text":53,"total":150}}',
);
/** A window of 4 kB holds the dictionary and a usual result, and takes less time to set up than the full one. */
const OPTIONS = { dictionary: DICTIONARY, windowBits: 12, memLevel: 6 };

/** A value as compressed JSON, about a fifth of its length. */
export function encodeResult(value: unknown): Buffer {
  return deflateRawSync(JSON.stringify(value), OPTIONS);
}

/** Throws when the bytes are not what `encodeResult` gave. */
export function decodeResult(bytes: Uint8Array): unknown {
  return JSON.parse(inflateRawSync(bytes, OPTIONS).toString());
}
