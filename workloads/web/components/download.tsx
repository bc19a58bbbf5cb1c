import { useState } from 'react';
import { membersFile } from '#workloads/web/api/orders.ts';
import { useSpeech } from '#workloads/web/language/language.tsx';

interface DownloadProps {
  readonly segment: string;
  readonly label: string;
  readonly prefix: string;
}

/** Hands a file to the person, as if they had followed a link to it. */
function save(file: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

/** Downloads the users of a segment as CSV. Fetched rather than linked, because a link carries no API key. */
export function Download({ segment, label, prefix }: DownloadProps) {
  const { texts } = useSpeech();
  const [state, setState] = useState<'idle' | 'busy' | 'failed'>('idle');

  const download = async () => {
    setState('busy');
    try {
      save(await membersFile(segment, prefix, new AbortController().signal), `${segment}.csv`);
      setState('idle');
    } catch {
      setState('failed');
    }
  };

  return (
    <div className="download">
      <button
        type="button"
        className="button"
        aria-label={texts.people.downloadName(label)}
        disabled={state === 'busy'}
        onClick={() => void download()}
      >
        {state === 'busy' ? texts.people.downloading : `↓ ${texts.people.download}`}
      </button>
      {state === 'failed' && <p role="alert">{texts.people.downloadFailed}</p>}
    </div>
  );
}
