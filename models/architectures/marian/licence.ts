/** Beside a converted OPUS-MT model: whose it is, as its licence asks. */
export const OPUS_LICENCE = `The weights in this folder were made by the Language Technology Research Group at the University of Helsinki (OPUS-MT,
https://huggingface.co/Helsinki-NLP; Jörg Tiedemann and Santhosh Thottingal, "OPUS-MT: Building open translation services for the World",
EAMT 2020) and changed by Altsmith: converted to ONNX and rounded.

They are licensed under the Creative Commons Attribution 4.0 International License (https://creativecommons.org/licenses/by/4.0/). Earlier
revisions of some of them were published under the Apache License 2.0 (https://www.apache.org/licenses/LICENSE-2.0). The card of the model
says which of the two is meant.
`;

/** Beside a converted student of Marian: what is known of the published ones. */
export const STUDENT_LICENCE = `The weights in this folder are a student model of Marian, changed by Altsmith: converted to ONNX and rounded.

Those of Firefox's translation were trained by Mozilla and the Bergamot project (https://github.com/mozilla/firefox-translations-models),
whose repository is under the Mozilla Public License 2.0 (https://www.mozilla.org/MPL/2.0/). Whoever publishes other weights says their own
licence.
`;
