import { useEffect, useState } from 'preact/hooks';
import { announce } from './announcer';

async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Outside a secure context (http on another machine's address) there is no clipboard to write to.
    return false;
  }
}

/** Copies a text; `what` completes "Copy …" for people who cannot see what the button stands beside. */
export function CopyButton({ text, what }: { text: string; what: string }) {
  const [outcome, setOutcome] = useState<'none' | 'copied' | 'refused'>('none');
  useEffect(() => {
    if (outcome === 'none') return undefined;
    const timer = setTimeout(() => setOutcome('none'), 2000);
    return () => clearTimeout(timer);
  }, [outcome]);
  const copy = () => {
    void copyText(text).then((isCopied) => {
      setOutcome(isCopied ? 'copied' : 'refused');
      announce(isCopied ? 'Copied.' : 'The browser did not allow copying. Select the text instead.');
    });
  };
  const label = { none: 'Copy', copied: 'Copied', refused: 'Not allowed' }[outcome];
  return (
    <button type="button" class="small" onClick={copy}>
      {label}
      <span class="unseen"> {what}</span>
    </button>
  );
}
