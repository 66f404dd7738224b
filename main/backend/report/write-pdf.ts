import { EarmarkError } from "../../../app/contract/errors.ts";
import type { Block } from "../../../app/report/report-blocks.ts";
import { attach, type PdfAttachment } from "./pdf-attachment.ts";
import { pdfLayout } from "./pdf-layout.ts";

/** What a PDF is made with. */
export interface PdfOptions {
  readonly title: string;
  /** BCP 47 tag of the language that the report is written in. */
  readonly language: string;
  /** ISO 8601. The same report made at the same time is the same file. */
  readonly createdAt: string;
  /** The folder of the fonts. */
  readonly fonts: string;
  /** Bytes to leave room for as an attached file; null attaches none. */
  readonly attachment: PdfAttachment | null;
  readonly signal: AbortSignal;
}

/** Bytes written before other work has its turn. */
const turnBytes = 16_384;

/** Takes the bytes of a file in order. */
export type Sink = (bytes: Uint8Array) => Promise<void> | void;

/**
 * Writes blocks as a PDF: tagged, with bookmarks, page x of y, its language and title, and its fonts within. Pages go to the sink
 * as they are done. Answers with the byte at which the room for the attached file begins; null where there is none. Rejects with
 * `cancelled`, and with `file-missing` where the fonts are not there.
 */
export async function writePdf(blocks: Iterable<Block>, options: PdfOptions, sink: Sink): Promise<number | null> {
  const { title, language, createdAt, attachment, signal } = options;
  const layout = pdfLayout({ title, language, createdAt, fonts: options.fonts });
  const { document } = layout;
  let passedOn = 0;
  const pass = async (): Promise<void> => {
    if (signal.aborted) throw new EarmarkError("cancelled", "Cancelled.");
    for (;;) {
      const chunk = document.read() as Buffer | null;
      if (chunk === null) return;
      await sink(chunk);
      passedOn += chunk.length;
      if (passedOn < turnBytes) continue;
      // Other work has its turn.
      passedOn = 0;
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  for (const block of blocks) {
    for (const _piece of layout.set(block)) await pass();
    await pass();
  }
  let place: number | null = null;
  if (attachment !== null) {
    const attaching = attach(document, attachment, new Date(createdAt));
    for (let step = attaching.next(); ; step = attaching.next()) {
      await pass();
      if (step.done === true) {
        place = step.value;
        break;
      }
    }
  }
  layout.end();
  await pass();
  return place;
}
