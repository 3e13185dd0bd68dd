import { Questions } from '../parts/questions';
import { useUniqueId } from '../parts/use-unique-id';
import type { Picture } from './picture';
import type { Pictures } from './use-pictures';

interface AskAboutProps {
  readonly picture: Picture;
  readonly pictures: Pick<Pictures, 'question' | 'take'>;
  readonly canAnswer: boolean;
  /** Whether there is a model to say it of. */
  readonly isLoaded: boolean;
}

/** Questions about the chosen picture. From the second on the sidecar need not look at the picture again. */
export function AskAbout({ picture, pictures, canAnswer, isLoaded }: AskAboutProps) {
  const id = useUniqueId();
  if (!canAnswer && !isLoaded) return null;
  return (
    <section class="card" aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>Ask about this picture</h2>
      {canAnswer ? (
        <Questions
          answers={picture.answers}
          onQuestion={(question) => pictures.question(picture, question)}
          {...(picture.reply === null ? {} : { onTake: (taken) => pictures.take(picture.id, taken) })}
        />
      ) : (
        <p class="fine">The loaded model cannot answer questions; use one that can, such as blip-vqa-base.</p>
      )}
    </section>
  );
}
