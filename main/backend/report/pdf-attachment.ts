import type PDFDocument from "pdfkit";

/** A file to leave room for in a PDF. */
export interface PdfAttachment {
  readonly name: string;
  readonly bytes: number;
  readonly description: string;
}

/** What pdfkit writes objects with, and its types do not say. */
interface Writing {
  readonly id: number;
  offset: number;
}
interface Written {
  _offset: number;
  _write(data: string | Uint8Array): void;
  _refEnd(ref: Writing): void;
}

/** Spaces written at a time. */
const pieceBytes = 65_536;

/**
 * Attaches room for a file as it will lie in the PDF: uncompressed, so that what is attached is found and read without a library. A
 * checksum of it is left out; the seal is a better one. Pauses after each piece, so that it can be passed on; answers with the byte of
 * the PDF at which the room begins.
 */
export function* attach(
  document: InstanceType<typeof PDFDocument>,
  { name, bytes, description }: PdfAttachment,
  createdAt: Date,
): Generator<undefined, number> {
  // pdfkit would hold all of it and write it at once.
  const file = document.ref({}) as unknown as Writing;
  const written = document as unknown as Written;
  file.offset = written._offset;
  const date = createdAt.toISOString().replaceAll(/[-:T]|\.\d+/gu, "");
  written._write(
    `${file.id} 0 obj\n<<\n/Type /EmbeddedFile\n/Subtype /application#2Fjson\n/Params <<\n/Size ${bytes}\n/CreationDate (D:${date})\n>>\n/Length ${bytes}\n>>\nstream`,
  );
  const place = written._offset;
  const spaces = new Uint8Array(Math.min(bytes, pieceBytes)).fill(0x20);
  for (let left = bytes; left > 0; left -= spaces.length) {
    written._write(left < spaces.length ? spaces.subarray(0, left) : spaces);
    yield;
  }
  written._write("\nendstream");
  written._write("endobj");
  written._refEnd(file);
  // PDF strings are objects here: what is a plain string becomes a name.
  const text = (value: string): object => Object(value) as object;
  const specification = document.ref({
    Type: "Filespec",
    AFRelationship: "Source",
    F: text(name),
    UF: text(name),
    Desc: text(description),
    EF: { F: file },
  });
  specification.end(undefined);
  document.addNamedEmbeddedFile(name, specification);
  return place;
}
