/*
 * Which transcript belongs to which recording, by their names alone: `call 7.wav` and `call 7.json`, `call.wav.json`, or
 * what Amazon Connect names by the contact, `<contact>_2026....wav` and `<contact>_analysis_2026....json`.
 */

/** Endings of recordings. */
const sound = /\.(?:wav|w64|mp3|m4a|mp4|mov|mkv|webm|ogg|oga|opus|flac|amr|aac|aiff?|au|caf|wma|3gp|avi)$/iu;
/** Endings of transcripts. */
const words = /\.(?:json|jsonl|txt|srt|vtt|tsv|csv|rttm|ctm|stm|vcon)$/iu;
/** What programs put behind a name for the transcript of it. */
const addition =
  /(?:[._ -](?:analysis|transcript(?:ion)?|captions?|subtitles?|redacted|diari[sz]ed|speakers|pca|whisperx?|contact-lens|vcon))+(?:[._ -]\d{4}-?\d\d-?\d\d[\dTZ:_. -]*)?$/iu;
const contact = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?=[._-]|$)/iu;

/** What a name and that of its counterpart have in common; null for a name that is neither a recording's nor a transcript's. */
function keyOf(name: string): { readonly key: string; readonly isSound: boolean } | null {
  const file = name.split(/[\\/]/u).at(-1) ?? name;
  const isSound = sound.test(file);
  if (!isSound && !words.test(file)) return null;
  // "call.wav.json" is the transcript of "call.wav".
  const stem = file.replace(words, "").replace(sound, "").replace(addition, "");
  return { key: (contact.exec(stem)?.[0] ?? stem).trim().toLowerCase(), isSound };
}

/** A transcript and its recording, by their places in a list of names. */
export interface NamePair {
  readonly transcript: number;
  readonly recording: number;
}

/** The pairs among names: exactly one transcript and one recording that are called the same. */
export function pairsByName(names: readonly string[]): NamePair[] {
  const groups = new Map<string, { transcripts: number[]; recordings: number[] }>();
  for (const [index, name] of names.entries()) {
    const found = keyOf(name);
    if (found === null || found.key === "") continue;
    const group = groups.get(found.key) ?? { transcripts: [], recordings: [] };
    (found.isSound ? group.recordings : group.transcripts).push(index);
    groups.set(found.key, group);
  }
  return [...groups.values()].flatMap(({ transcripts, recordings }): NamePair[] => {
    const [transcript] = transcripts;
    const [recording] = recordings;
    const one = transcripts.length === 1 && recordings.length === 1;
    return one && transcript !== undefined && recording !== undefined ? [{ transcript, recording }] : [];
  });
}
