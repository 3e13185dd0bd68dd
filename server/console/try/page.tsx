import type { CaptionOptions } from '../../contract/caption';
import { useEffect, useState } from 'preact/hooks';
import { useStatus } from '../connection/status';
import { announce } from '../parts/announcer';
import { counted } from '../parts/amounts';
import { ComingModel } from '../parts/coming-model';
import { FirstSteps } from '../parts/first-steps';
import { Intake } from './intake';
import { OnePicture } from './one-picture';
import { Options } from './options';
import { PictureTable } from './picture-table';
import { AskAbout } from './ask-about';
import { SnippetBox } from './snippet-box';
import { usePictures, type Named } from './use-pictures';

export function TryPage() {
  const status = useStatus()?.data ?? null;
  const pictures = usePictures();
  const [chosenId, setChosenId] = useState<number | null>(null);
  const [options, setOptions] = useState<CaptionOptions>({});
  const chosen = pictures.list.find((picture) => picture.id === chosenId) ?? null;
  const abilities = status?.abilities ?? { answer: false, prompt: false };

  const tasks = (status?.model?.tasks ?? []).filter((task) => task !== 'question');

  const take = (named: readonly Named[]) => {
    const [first] = pictures.add(named, options);
    setChosenId(first ?? null);
    announce(`${counted(named.length, 'picture')} taken in.`);
  };
  useEffect(() => {
    if (pictures.list.length === 0) setChosenId(null);
  }, [pictures.list.length]);

  return (
    <>
      <FirstSteps />
      <ComingModel />
      <Intake isCompact={pictures.list.length > 0} onPictures={take} />
      <Options options={options} canPrompt={abilities.prompt} tasks={tasks} onChange={setOptions} />
      {chosen === null ? null : (
        <>
          <OnePicture picture={chosen} onAgain={() => pictures.again(chosen.id, options)} />
          <AskAbout
            key={chosen.id}
            picture={chosen}
            canAnswer={abilities.answer}
            isLoaded={status?.model != null}
            pictures={pictures}
          />
        </>
      )}
      {pictures.list.length < 2 ? null : (
        <PictureTable pictures={pictures.list} chosenId={chosenId} onChoose={setChosenId} onClear={pictures.clear} />
      )}
      {chosen === null || chosen.reply === null ? null : <SnippetBox picture={chosen} />}
    </>
  );
}
