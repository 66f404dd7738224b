/* Texts in pieces that Comprehend takes. */

/** Largest document of a batch, in bytes of UTF-8: "5 KB", read as the smaller of the two things that can mean. Source: Comprehend's guidelines and quotas. */
export const largestPiece = 5_000;

/** Most documents of a batch. */
export const largestBatch = 25;

/** A piece of a text: from where in the text it is, in UTF-16 units. */
export interface Piece {
  readonly at: number;
  readonly text: string;
  readonly bytes: number;
}

/** Cuts a text into pieces of at most so many bytes, between words where there is a gap, never inside a character. */
export function piecesOf(text: string, most = largestPiece): Piece[] {
  const pieces: Piece[] = [];
  let start = 0;
  while (start < text.length) {
    let bytes = 0;
    let end = start;
    let gap = -1;
    while (end < text.length) {
      const point = text.codePointAt(end) ?? 0;
      const width = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x1_0000 ? 3 : 4;
      if (bytes + width > most) break;
      bytes += width;
      end += point > 0xffff ? 2 : 1;
      if (/\s/u.test(String.fromCodePoint(point))) gap = end;
    }
    if (end < text.length && gap > start) end = gap;
    const piece = text.slice(start, end);
    if (piece.trim() !== "") pieces.push({ at: start, text: piece, bytes: Buffer.byteLength(piece, "utf8") });
    start = end;
  }
  return pieces;
}

/** UTF-16 offsets of a text's characters: Comprehend counts characters, of which some take two units here. */
export function unitOffsets(text: string): (characters: number) => number {
  if (!/[\u{10000}-\u{10ffff}]/u.test(text)) return (characters) => Math.min(characters, text.length);
  const offsets = [0];
  let at = 0;
  for (const character of text) {
    at += character.length;
    offsets.push(at);
  }
  return (characters) => offsets[Math.min(Math.max(0, characters), offsets.length - 1)] ?? text.length;
}
