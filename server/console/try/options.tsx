import type { CaptionOptions, Task } from '../../contract/caption';
import { TASK_WORDS } from '../parts/model-badge';
import { useUniqueId } from '../parts/use-unique-id';

interface OptionsProps {
  readonly options: CaptionOptions;
  readonly canPrompt: boolean;
  /** What the loaded model can write about a picture. */
  readonly tasks: readonly Task[];
  /** Gets what makes the new options of those of that moment: two inputs may follow each other before this is drawn again. */
  readonly onChange: (change: (before: CaptionOptions) => CaptionOptions) => void;
}

interface Words {
  readonly task: Task | null;
  readonly prompt: string;
  readonly beams: string;
  readonly maxNewTokens: string;
}

const wordsOf = (options: CaptionOptions): Words => ({
  task: options.task ?? null,
  prompt: options.prompt ?? '',
  beams: String(options.beams ?? ''),
  maxNewTokens: String(options.max_new_tokens ?? ''),
});

/** The options without what is empty: the contract wants a member to be left out, not to be set to nothing. */
function given(wish: Words): CaptionOptions {
  const beams = Number(wish.beams);
  const tokens = Number(wish.maxNewTokens);
  return {
    ...(wish.task === null || wish.task === 'caption' ? {} : { task: wish.task }),
    ...(wish.prompt === '' ? {} : { prompt: wish.prompt }),
    ...(Number.isInteger(beams) && beams >= 1 ? { beams } : {}),
    ...(Number.isInteger(tokens) && tokens >= 1 ? { max_new_tokens: tokens } : {}),
  };
}

export function Options({ options, canPrompt, tasks, onChange }: OptionsProps) {
  const id = useUniqueId();
  const words = wordsOf(options);
  const set = (wish: Partial<Words>) => {
    onChange((before) => given({ ...wordsOf(before), ...wish }));
  };
  return (
    <details class="options">
      <summary>Options</summary>
      <div class="fields">
        {tasks.length < 2 ? null : (
          <div class="field wide">
            <label for={`${id}-task`}>What to write</label>
            <select
              id={`${id}-task`}
              value={words.task ?? 'caption'}
              onChange={({ currentTarget }) => set({ task: tasks.find((one) => one === currentTarget.value) ?? null })}
            >
              {tasks.map((task) => (
                <option key={task} value={task}>
                  {TASK_WORDS[task]}
                </option>
              ))}
            </select>
          </div>
        )}
        <div class="field wide">
          <label for={`${id}-prompt`}>The caption begins with</label>
          <input
            id={`${id}-prompt`}
            type="text"
            maxLength={200}
            placeholder={canPrompt ? 'a photograph of' : ''}
            disabled={!canPrompt}
            aria-describedby={`${id}-why`}
            value={words.prompt}
            onInput={(event) => set({ prompt: event.currentTarget.value })}
          />
          <p class="fine" id={`${id}-why`}>
            {canPrompt ? 'The model continues these words.' : 'The loaded model cannot continue a prompt.'}
          </p>
        </div>
        <div class="field">
          <label for={`${id}-beams`}>Beams</label>
          <input
            id={`${id}-beams`}
            type="number"
            min={1}
            max={10}
            placeholder="model’s own"
            value={words.beams}
            onInput={(event) => set({ beams: event.currentTarget.value })}
          />
        </div>
        <div class="field">
          <label for={`${id}-tokens`}>Most tokens</label>
          <input
            id={`${id}-tokens`}
            type="number"
            min={1}
            max={512}
            placeholder="model’s own"
            value={words.maxNewTokens}
            onInput={(event) => set({ maxNewTokens: event.currentTarget.value })}
          />
        </div>
      </div>
    </details>
  );
}
