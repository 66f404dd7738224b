import { z } from "zod";

/*
 * Words that a contact centre has of its own: product names, agents' names, terms of the trade. A term makes the
 * recogniser likelier to write it; what a term sounds like, and replacements, are put right after it has written.
 */

/** Most terms, and most replacements, of one vocabulary. */
export const mostTerms = 2_000;
/** Most letters of a term or of what it sounds like. */
export const longestTerm = 100;
/** Most ways in which one term may sound. */
export const mostSounds = 20;

const termSchema = z.string().trim().min(1).max(longestTerm);

/** A term as it is to be written, and what it may be taken for. */
export const vocabularyEntrySchema = z.object({
  term: termSchema,
  /** What is written as the term wherever it is heard, as whole words. */
  soundsLike: z.array(termSchema).max(mostSounds).readonly(),
});
/** A term as it is to be written, and what it may be taken for. */
export type VocabularyEntry = Readonly<z.infer<typeof vocabularyEntrySchema>>;

/** What is heard, and what is written in its place. */
export const replacementSchema = z.object({ heard: termSchema, written: termSchema });
/** What is heard, and what is written in its place. */
export type Replacement = Readonly<z.infer<typeof replacementSchema>>;

/** Terms and replacements together: what a file of them holds, what a library keeps, what an import adds. */
export const vocabularySchema = z.object({
  terms: z.array(vocabularyEntrySchema).max(mostTerms).readonly(),
  replacements: z.array(replacementSchema).max(mostTerms).readonly(),
});
/** Terms and replacements together. */
export type Vocabulary = Readonly<z.infer<typeof vocabularySchema>>;

/** A vocabulary of nothing. */
export const noVocabulary: Vocabulary = { terms: [], replacements: [] };

/** What is wrong with a line of a vocabulary file. */
export type VocabularyFault = "no-term" | "too-long" | "too-many-sounds" | "too-many-columns" | "open-quote" | "too-many-lines";

/** A line that cannot be used, counted from 1. */
export interface VocabularyProblem {
  readonly line: number;
  readonly fault: VocabularyFault;
}

/**
 * Reads a vocabulary from text. A line holds a term, or a term and what it sounds like: `Earmark, ear mark | earmarks`
 * (a comma, semicolon or tab in between; quotes where a term has one of them). `heard => written` is a replacement.
 * Empty lines, lines that begin with `#`, and a first line that names the columns are passed over. Lines that cannot be
 * used are left out and named.
 */
export function readVocabulary(text: string): { vocabulary: Vocabulary; problems: readonly VocabularyProblem[] } {
  const terms = new Map<string, VocabularyEntry>();
  const replacements = new Map<string, Replacement>();
  const problems: VocabularyProblem[] = [];
  const lines = text.replace(/^\uFEFF/u, "").split(/\r\n|\r|\n/u);
  for (const [index, whole] of lines.entries()) {
    const line = whole.trim();
    if (line === "" || line.startsWith("#") || (index === 0 && columnNames.test(line))) continue;
    const fault = (kind: VocabularyFault) => problems.push({ line: index + 1, fault: kind });
    const arrow = /\s*(?:=>|->|→)\s*/u.exec(line);
    const cells = arrow === null ? cellsOf(whole) : [line.slice(0, arrow.index), line.slice(arrow.index + arrow[0].length)];
    if (cells === null) {
      fault("open-quote");
      continue;
    }
    const [first = "", second = "", ...others] = cells.map(plain);
    const soundsLike = arrow === null ? [...new Set(second.split("|").map(plain))].filter((one) => one !== "") : [];
    const tooLong = [first, ...(arrow === null ? soundsLike : [second])].some((one) => one.length > longestTerm);
    if (others.some((cell) => cell !== "")) fault("too-many-columns");
    else if (first === "" || (arrow !== null && second === "")) fault("no-term");
    else if (tooLong) fault("too-long");
    else if (soundsLike.length > mostSounds) fault("too-many-sounds");
    else if (terms.size >= mostTerms || replacements.size >= mostTerms) fault("too-many-lines");
    else if (arrow !== null) replacements.set(first.toLowerCase(), { heard: first, written: second });
    else terms.set(first, { term: first, soundsLike });
  }
  return { vocabulary: { terms: [...terms.values()], replacements: [...replacements.values()] }, problems };
}

const columnNames = /^"?(?:term|phrase|word)s?"?\s*(?:[,;\t]\s*"?sounds?[ _-]?(?:like|alikes?)"?.*)?$/iu;

/** A vocabulary as the text that `readVocabulary` reads. */
export function writeVocabulary({ terms, replacements }: Vocabulary): string {
  const quoted = (cell: string) => (/[,;\t"]|^#/u.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  return [
    ...terms.map(({ term, soundsLike }) =>
      soundsLike.length === 0 ? quoted(term) : `${quoted(term)}, ${quoted(soundsLike.join(" | "))}`,
    ),
    ...replacements.map(({ heard, written }) => `${heard} => ${written}`),
  ].join("\n");
}

/** Two vocabularies as one. Where both say something of a term, or of what is heard, the second adds to or decides it. */
export function joinVocabularies(first: Vocabulary, second: Vocabulary): Vocabulary {
  const terms = new Map(first.terms.map((entry) => [entry.term, entry]));
  for (const entry of second.terms) {
    const sounds = new Set([...(terms.get(entry.term)?.soundsLike ?? []), ...entry.soundsLike]);
    terms.set(entry.term, { term: entry.term, soundsLike: [...sounds].slice(0, mostSounds) });
  }
  const replacements = new Map(first.replacements.map((one) => [one.heard.toLowerCase(), one]));
  for (const one of second.replacements) replacements.set(one.heard.toLowerCase(), one);
  return { terms: [...terms.values()], replacements: [...replacements.values()] };
}

function plain(cell: string): string {
  return cell.trim().replaceAll(/\s+/gu, " ");
}

/** The cells of a line; null when a quote is not closed. */
function cellsOf(line: string): string[] | null {
  const cells: string[] = [];
  let cell = "";
  let within = false;
  for (let at = 0; at < line.length; at++) {
    const sign = line[at] as string;
    if (within) {
      if (sign !== '"') cell += sign;
      else if (line[at + 1] === '"') {
        cell += '"';
        at++;
      } else within = false;
    } else if (sign === '"' && cell.trim() === "") {
      cell = "";
      within = true;
    } else if (sign === "," || sign === ";" || sign === "\t") {
      cells.push(cell);
      cell = "";
    } else cell += sign;
  }
  if (within) return null;
  return [...cells, cell];
}
