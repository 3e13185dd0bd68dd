import type { ComponentChildren } from 'preact';

export type Tone = 'info' | 'good' | 'warn' | 'bad';

/** A message in a frame. Bad ones interrupt a screen reader, the others wait. */
export function Notice({ tone = 'info', children }: { tone?: Tone; children: ComponentChildren }) {
  return (
    <div class={`notice notice-${tone}`} role={tone === 'bad' ? 'alert' : 'note'}>
      {children}
    </div>
  );
}
