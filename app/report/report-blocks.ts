/*
 * A report as what a reader meets: headings, paragraphs, facts, tables. PDF and DOCX are two ways to set the same blocks, so
 * that neither says more than the other.
 */

/** How a paragraph is meant. It is always said in words as well: a report is read in black and white. */
export type Tone = "plain" | "strong" | "quiet" | "warning";

/** A column of a table. */
export interface Column {
  readonly title: string;
  /** Its share of the width, beside the shares of the others. */
  readonly share: number;
  /** Numbers stand at the right. */
  readonly numeric?: boolean;
}

/** A table. Its rows may come while it is written: a month of them need not be held. */
export interface TableBlock {
  readonly kind: "table";
  readonly columns: readonly Column[];
  readonly rows: Iterable<readonly string[]>;
}

/** One piece of a report. */
export type Block =
  | { readonly kind: "title"; readonly text: string; readonly lead: string }
  /** Levels 1 to 3. Those of 1 and 2 are bookmarks. */
  | { readonly kind: "heading"; readonly level: 1 | 2 | 3; readonly text: string; readonly bookmark?: string }
  | { readonly kind: "paragraph"; readonly text: string; readonly tone?: Tone }
  /** Names with what they stand for. */
  | { readonly kind: "facts"; readonly facts: readonly (readonly [name: string, value: string])[] }
  | { readonly kind: "list"; readonly items: readonly string[] }
  /** Words that were said, with who said them and when. */
  | { readonly kind: "quote"; readonly text: string; readonly source: string }
  | TableBlock;

/** An instant as a report writes it: "2026-03-01 10:02:03 UTC". */
export function instantText(instant: string): string {
  return `${instant.slice(0, 10)} ${instant.slice(11, 19)} UTC`;
}

/** A time of a recording as a report writes it: "1:02:03.4". */
export function timeText(ms: number): string {
  const tenths = Math.floor(ms / 100);
  const seconds = Math.floor(tenths / 10);
  const hours = Math.floor(seconds / 3_600);
  const minutes = Math.floor(seconds / 60) % 60;
  const last = `${String(seconds % 60).padStart(2, "0")}.${tenths % 10}`;
  return hours === 0 ? `${minutes}:${last}` : `${hours}:${String(minutes).padStart(2, "0")}:${last}`;
}

/** A score as a report writes it; a hundredth of a percent at most. */
export function percentText(percent: number | null): string {
  return percent === null ? "not scored" : `${Math.round(percent * 100) / 100} %`;
}

type Facts = Extract<Block, { kind: "facts" }>["facts"];

/** A heading. */
export function heading(level: 1 | 2 | 3, text: string, bookmark?: string): Block {
  return { kind: "heading", level, text, ...(bookmark === undefined ? {} : { bookmark }) };
}

/** Facts; those without a value are left out. */
export function facts(...given: readonly (readonly [name: string, value: string | null])[]): Block {
  return { kind: "facts", facts: given.flatMap(([name, value]): Facts => (value === null ? [] : [[name, value]])) };
}

/** A paragraph. */
export function paragraph(text: string, tone: Extract<Block, { kind: "paragraph" }>["tone"] = "plain"): Block {
  return { kind: "paragraph", text, tone };
}

/** Hebrew, Arabic, Syriac, Thaana and their like. */
const fromRight = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/u;

/**
 * A name of others within a sentence of ours: written from the right it stands between a first strong isolate and its end (UAX 9), so
 * that it leaves the order of what follows alone.
 */
export function isolated(text: string): string {
  const own = text.replaceAll(/[\u2066-\u2069]/gu, "");
  return fromRight.test(own) ? `\u2068${own}\u2069` : own;
}
