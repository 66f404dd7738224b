import { measureRedaction, type RedactionFigures } from "../../app/insight/redaction-accuracy.ts";
import { heldOut, utterances } from "../../app/insight/redaction-utterances.test-data.ts";
import { percent } from "./hearing.ts";

/** Prints how much personal data is found in written utterances, and how much of what is found is some, by type. */
export function reportRedaction(): void {
  const known = measureRedaction(utterances.slice(0, -heldOut)).figures;
  const unknown = measureRedaction(utterances.slice(-heldOut)).figures;
  console.log(
    `\nPersonal data in ${utterances.length} written utterances; the rules were never tuned on the last ${heldOut}, which the same hand wrote\n` +
      `${"".padEnd(20)}marked  recall  precision  hidden as any   |  ${heldOut} held out: marked  recall  precision  hidden`,
  );
  for (const [index, row] of known.entries()) {
    const other = unknown[index];
    console.log(`${row.type.padEnd(20)}${figures(row)}          |  ${"".padEnd(12)}${other === undefined ? "" : figures(other)}`);
  }
}

function figures({ marked, found, recalled, right, hidden }: RedactionFigures): string {
  const share = (part: number, of: number) => (of === 0 ? "-" : percent(part / of));
  return `${String(marked).padStart(6)}${share(recalled, marked).padStart(8)}${share(right, found).padStart(11)}${share(hidden, marked).padStart(8)}`;
}
