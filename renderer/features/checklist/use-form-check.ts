import { useDebouncedValue } from "@mantine/hooks";
import { useRef } from "react";
import type { Form } from "../../../app/conformity/form.ts";
import type { FormFault } from "../../../app/conformity/form-faults.ts";
import { useCall } from "../../bridge/index.ts";

/** Time in which somebody goes on typing before the text is read, in milliseconds. */
const typingMs = 250;

/** What stands in the editor, as far as it is understood. */
export interface FormCheck {
  /** The checklist; null while the text cannot be read. */
  readonly form: Form | null;
  readonly faults: readonly FormFault[];
  /** What was typed last has not been read yet. */
  readonly checking: boolean;
  /** The last text that could be read, with its checklist; null before there was one. */
  readonly good: { readonly text: string; readonly form: Form } | null;
  /** Why it could not even be told what is wrong; null otherwise. */
  readonly failure: Error | null;
}

const none: readonly FormFault[] = [];

/** Reads a text while it is written, and remembers the last one that could be read. */
export function useFormCheck(text: string): FormCheck {
  const [asked] = useDebouncedValue(text, typingMs);
  const check = useCall("checklist.check", { text: asked }, { keep: true });
  const good = useRef<FormCheck["good"]>(null);
  const isCurrent = check.data !== undefined && !check.isPlaceholderData;
  const form = check.data?.form ?? null;
  if (isCurrent && form !== null && good.current?.text !== asked) good.current = { text: asked, form };
  return {
    form: check.isError ? null : form,
    faults: check.isError ? none : (check.data?.faults ?? none),
    checking: asked !== text || !(isCurrent || check.isError),
    good: good.current,
    failure: check.error,
  };
}
