/** The words of the dialog by which checklists and categories come in. */
export const importText = {
  file: "Choose a file",
  text: "Or paste its text",
  take: "Import",
  fault: "It cannot be taken in. Nothing was changed.",
  notes: "Could not be carried over as it was:",
  nothingLost: "Everything in it was carried over.",
} as const;

/** The words of the dialog by which conversations leave Earmark. */
export const exporting = {
  open: "Transcript…",
  title_one: "Export this conversation",
  title_other: "Export {{count}} conversations",
  formats: "Format",
  groups: {
    reading: "For reading",
    subtitles: "Subtitles",
    data: "For other programs",
    speech: "For speech research",
  },
  format: {
    docx: {
      name: "Word document (DOCX)",
      carries: "What it is, who speaks, what is hidden, and every turn with its time. No times of words.",
    },
    txt: { name: "Plain text (TXT)", carries: "Speakers, times to the second and words. No ends of turns." },
    srt: { name: "Subtitles (SRT)", carries: "Words in short pieces with times. Names stand in the text." },
    vtt: { name: "Subtitles (WebVTT)", carries: "Words in short pieces with times and a voice each." },
    csv: { name: "Table of turns (CSV)", carries: "A row for each turn, safe to open in a spreadsheet. No times of words." },
    json: { name: "Earmark document (JSON)", carries: "Everything, down to each word. Earmark reads it back whole." },
    vcon: { name: "vCon (IETF draft)", carries: "Parties, roles, messages; of calls every word with its time. No sound." },
    "contact-lens": {
      name: "Contact Lens (JSON)",
      carries: "Turns, roles and figures as Amazon Connect writes them. Of calls no names.",
    },
    pca: { name: "Post call analytics (JSON)", carries: "Turns and words as AWS' sample writes them. Two names at most." },
    whisperx: { name: "WhisperX (JSON)", carries: "Words with times and numbered speakers. No names and no roles." },
    rttm: { name: "Who spoke when (RTTM)", carries: "Times of turns by role. No words." },
    ctm: { name: "Words in time (CTM)", carries: "Each word with its time. No speakers." },
    stm: { name: "Turns in time (STM)", carries: "Turns with their words by role. No times of words." },
  },
  noVoices: "A chat has no voices to write in this format.",
  preview: "What will be written",
  more: "…",
  drag: "Drag it out to save the file elsewhere",
  others_one: "and {{count}} more in one archive",
  others_other: "and {{count}} more in one archive",
  redaction:
    "What is hidden stays hidden in every format. What was brought back is shown on the page alone and is not exported. The export is noted in the ledger.",
  save_one: "Export",
  save_other: "Export {{count}} as an archive",
  progress: "Conversations written",
  written: "{{done}} of {{all}} written",
  done: "{{name}} was written.",
  cancelled: "Export cancelled.",
  leftOut_one: "{{count}} could not be written in this format and is left out.",
  leftOut_other: "{{count}} could not be written in this format and are left out.",
} as const;
