interface PagerProps {
  /** Cursors of the pages before and of this one; none on the first. */
  readonly cursors: readonly string[];
  /** Cursor of the following page; null on the last. */
  readonly next: string | null;
  readonly onChange: (cursors: readonly string[]) => void;
}

/** Back and Next of a list that comes in pages. */
export function Pager({ cursors, next, onChange }: PagerProps) {
  return (
    <div class="row">
      <button type="button" disabled={cursors.length === 0} onClick={() => onChange(cursors.slice(0, -1))}>
        Back
      </button>
      <button
        type="button"
        disabled={next === null}
        onClick={() => (next === null ? undefined : onChange([...cursors, next]))}
      >
        Next
      </button>
    </div>
  );
}
