import { ActionIcon, CloseButton, TextInput } from "@mantine/core";
import { IconChevronDown, IconChevronUp, IconSearch } from "@tabler/icons-react";
import type { RefObject } from "react";
import { useTranslation } from "../../text/index.ts";
import classes from "./review.module.css";

/** Find in the transcript: n of m, Enter for the next, Shift and Enter for the one before. */
export function FindBar({
  box,
  text,
  change,
  index,
  total,
  step,
  close,
}: {
  box: RefObject<HTMLInputElement | null>;
  text: string;
  change: (text: string) => void;
  index: number;
  total: number;
  step: (by: 1 | -1) => void;
  close: () => void;
}) {
  const { t } = useTranslation();
  const count = text.trim() === "" ? "" : total === 0 ? t("review.findNone") : t("review.findCount", { index: index + 1, total });
  return (
    <search className={classes["find"]}>
      <TextInput
        ref={box}
        aria-label={t("review.find")}
        placeholder={t("review.find")}
        value={text}
        maxLength={500}
        leftSection={<IconSearch size={14} aria-hidden="true" />}
        onChange={(event) => change(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter") step(event.shiftKey ? -1 : 1);
          else if (event.key === "Escape") close();
          else return;
          event.preventDefault();
          event.stopPropagation();
        }}
      />
      <span className={classes["count"]} role="status" data-testid="find-count">
        {count}
      </span>
      <ActionIcon size="sm" aria-label={t("review.findPrevious")} onClick={() => step(-1)} disabled={total === 0}>
        <IconChevronUp size={16} aria-hidden="true" />
      </ActionIcon>
      <ActionIcon size="sm" aria-label={t("review.findNext")} onClick={() => step(1)} disabled={total === 0}>
        <IconChevronDown size={16} aria-hidden="true" />
      </ActionIcon>
      <CloseButton size="sm" aria-label={t("review.findClose")} onClick={close} />
    </search>
  );
}
