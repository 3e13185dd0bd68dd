import { modelRefOf } from '../../captioning/model-ref';
import { AppError, toAppError } from '../../errors';
import { describeScenes, type Scene, type VideoTexts } from '../../video/describe-scenes';
import { withVideo, type ReadVideo, type VideoFrame, type VideoReading } from '../../video/read-video';
import { textAlternative } from '../../video/text-alternative';
import { videoObject } from '../../video/video-object';
import { describePicture, type Describer } from './describe-picture';
import { captionTexts, type Described } from './lines';

/** What became of a video. */
export interface DescribedVideo extends Pick<ReadVideo, 'duration' | 'hasSound' | 'isWhole'> {
  readonly scenes: readonly Scene[];
  readonly texts: VideoTexts;
  /** Into which its texts are translated; null: they are English. */
  readonly language: string | null;
  readonly model: Described['model'];
}

export interface VideoDescriber extends Describer {
  /** How videos are read; asked for when the first one is there. */
  readonly videos: () => Promise<VideoReading>;
}

function sceneOf({ at, from, to }: VideoFrame, { caption, readings, translated }: Described): Scene {
  if (readings === null) throw new AppError('CAPTION_MODEL_MISSING');
  const { second_opinion, candidates } = readings;
  const { nouns, title } = second_opinion ?? candidates[0];
  return {
    ...{ at, from, to, nouns },
    caption: translated?.text ?? captionTexts(readings).altText,
    confidence: caption?.confidence ?? 0,
    title: translated === undefined ? title : null,
  };
}

/** Describes the frames of a video, one for each worker at a time. Throws the first failure once nothing is under way. */
async function describeFrames(name: string, frames: ReadVideo['frames'], describer: Describer): Promise<Described[]> {
  const described: Described[] = [];
  let next = 0;
  let failure: AppError | null = null;
  const work = async () => {
    for (let at = next++; at < frames.length && failure === null; at = next++) {
      const frame = frames[at];
      if (frame === undefined) return;
      const outcome = await describePicture({ name, file: frame.file }, describer);
      if (outcome instanceof AppError) failure ??= outcome;
      else described[at] = outcome;
    }
  };
  // One more than there are workers, so that none waits.
  await Promise.all(Array.from({ length: describer.engine.state().workers + 1 }, work));
  throwIf(failure);
  return described;
}

/** A function of its own, because the compiler does not see that another one has set it. */
function throwIf(failure: AppError | null): void {
  if (failure !== null) throw failure;
}

async function describe(name: string, video: ReadVideo, describer: Describer): Promise<DescribedVideo> {
  const results = await describeFrames(name, video.frames, describer);
  const [first, ...others] = video.frames.flatMap((frame, at) => {
    const result = results[at];
    return result === undefined ? [] : [sceneOf(frame, result)];
  });
  if (first === undefined || results[0] === undefined) throw new AppError('VIDEO_WITHOUT_PICTURES');
  const scenes = [first, ...others] as const;
  const language = results[0].translated?.language ?? null;
  const { duration, hasSound, isWhole } = video;
  return { duration, hasSound, isWhole, scenes, texts: describeScenes(scenes), language, model: results[0].model };
}

/** Describes one video; a failure is an outcome like any other. */
export async function describeVideo(
  { name, file }: { readonly name: string; readonly file: string },
  describer: VideoDescriber,
): Promise<DescribedVideo | AppError> {
  if (describer.wishes.question !== null) return new AppError('VIDEO_QUESTION_NOT_POSSIBLE');
  try {
    return await withVideo(file, await describer.videos(), (video) => describe(name, video, describer));
  } catch (error) {
    return toAppError(error);
  }
}

/** The JSON line of a video. */
export function videoJson(file: string, described: DescribedVideo): Record<string, unknown> {
  const { duration, hasSound, scenes, texts, language, model } = described;
  const { summary, title, keywords, confidence, posterAt } = texts;
  return {
    file,
    duration,
    summary,
    scenes: scenes.map(({ at, caption }) => ({ at, caption })),
    title,
    keywords,
    text_alternative: textAlternative(scenes, described),
    video_object: videoObject({ name: title ?? summary, description: summary, duration }),
    poster: { at: posterAt },
    has_sound: hasSound,
    is_whole: described.isWhole,
    confidence: Number(confidence.toFixed(4)),
    ...(language === null ? {} : { language }),
    model: modelRefOf(model),
  };
}
