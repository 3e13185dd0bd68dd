import { useEffect, useState } from 'preact/hooks';
import { FLAGS, SORTS, STATES, type Filter } from './filter';
import { useUniqueId } from '../parts/use-unique-id';

interface FiltersProps {
  readonly filter: Filter;
  readonly onFilter: (filter: Filter) => void;
  readonly name: string;
  readonly onName: (name: string) => void;
}

interface ChooserProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly choices: readonly (readonly [T, string])[];
  readonly onChoose: (value: T) => void;
}

function Chooser<T extends string>({ label, value, choices, onChoose }: ChooserProps<T>) {
  const id = useUniqueId();
  const choose = (text: string) => {
    const found = choices.find(([candidate]) => candidate === text);
    if (found !== undefined) onChoose(found[0]);
  };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => choose(event.currentTarget.value)}>
        {choices.map(([choice, words]) => (
          <option key={choice} value={choice}>
            {words}
          </option>
        ))}
      </select>
    </div>
  );
}

/** A search waits until the typing pauses. */
const PAUSE_MS = 300;

export function Filters({ filter, onFilter, name, onName }: FiltersProps) {
  const id = useUniqueId();
  const [text, setText] = useState(filter.q);
  useEffect(() => {
    if (text.trim() === filter.q) return undefined;
    const timer = setTimeout(() => onFilter({ ...filter, q: text.trim() }), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text, filter, onFilter]);
  return (
    <form class="fields filters" role="search" onSubmit={(event) => event.preventDefault()}>
      <Chooser
        label="Show"
        value={filter.state}
        choices={STATES}
        onChoose={(state) => onFilter({ ...filter, state })}
      />
      <Chooser
        label="Flag"
        value={filter.flag}
        choices={[['', 'Any or none'], ...FLAGS]}
        onChoose={(flag) => onFilter({ ...filter, flag })}
      />
      <Chooser label="Order" value={filter.sort} choices={SORTS} onChoose={(sort) => onFilter({ ...filter, sort })} />
      <div class="field">
        <label for={`${id}-q`}>Search</label>
        <input
          id={`${id}-q`}
          type="search"
          maxLength={200}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </div>
      <div class="field">
        <label for={`${id}-name`}>Decide as</label>
        <input
          id={`${id}-name`}
          type="text"
          autocomplete="name"
          maxLength={200}
          placeholder="Console"
          value={name}
          onInput={(event) => onName(event.currentTarget.value)}
        />
      </div>
    </form>
  );
}
