import { useTranslation } from "../../text/index.ts";
import { DraftedField } from "./drafted-field.tsx";

/** Longest text of a reason or a comment, in characters: Connect's. */
const longestText = 3_072;

/** A field for a reason, a comment or an answer in words. */
export function ChecklistField({
  longest = longestText,
  mayBeEmpty = true,
  ...field
}: {
  conversationId: string;
  /** The name of its draft. */
  place: string;
  label: string;
  initial: string;
  /** Why it was opened, where that is something to mend. */
  fault?: string | null;
  longest?: number;
  mayBeEmpty?: boolean;
  /** Saves it, and answers whether it was taken. */
  save: (text: string) => Promise<boolean>;
  close: () => void;
}) {
  const { t } = useTranslation();
  return <DraftedField {...field} longest={longest} mayBeEmpty={mayBeEmpty} submit={t("checklist.save")} />;
}
