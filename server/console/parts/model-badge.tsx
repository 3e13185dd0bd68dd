import type { ModelRef } from '../../contract/primitives';

/** Which model wrote a text. Stands beside every text of a model. */
export function ModelBadge({ model }: { model: ModelRef }) {
  return (
    <span class="model">
      {model.id} <span class="fine">{model.precision}</span>
      {model.demonstration ? (
        <span
          class="tag tag-warn"
          title="Good enough to show the way, not to publish from. Pull blip-base for real work."
        >
          demonstration
        </span>
      ) : null}
    </span>
  );
}
