/*
 * Cells that a spreadsheet does not run. OWASP, "CSV Injection": a cell that begins with = + - @, a tab or a carriage return
 * may be taken for a formula; so may their full-width likes, and what follows white space.
 */

const dangerous = /^['\s]*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/u;

/**
 * A text as a cell: with an apostrophe before what could be run, and before what begins with an apostrophe, so that taking
 * one leading apostrophe away always gives the text back.
 */
export function safeCell(text: string): string {
  return dangerous.test(text) || text.startsWith("'") ? `'${text}` : text;
}

/** The text of a cell that `safeCell` made. */
export function textOfCell(cell: string): string {
  return cell.startsWith("'") ? cell.slice(1) : cell;
}
