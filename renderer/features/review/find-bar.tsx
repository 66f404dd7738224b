import { ActionIcon, CloseButton, TextInput, Tooltip } from "@mantine/core";
import {
  IconChevronDown,
  IconChevronUp,
  IconLetterCase,
  IconReplace,
  IconSearch,
  IconTextWrapDisabled,
} from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "../../text/index.ts";
import type { Finding } from "./find-state.ts";
import classes from "./review.module.css";

/** Find in the transcript: n of m, Enter for the next, Shift and Enter for the one before. */
export function FindBar({ finding, canReplace }: { finding: Finding; canReplace: boolean }) {
  const { t } = useTranslation();
  const { text, matches, index, options, box, change, step, close, replacing, begin } = finding;
  const total = matches.length;
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
      <Option
        label={t("reviewing.find.matchCase")}
        pressed={options.matchCase}
        press={() => change(text, { ...options, matchCase: !options.matchCase })}
      >
        <IconLetterCase size={16} aria-hidden="true" />
      </Option>
      <Option
        label={t("reviewing.find.wholeWords")}
        pressed={options.wholeWords}
        press={() => change(text, { ...options, wholeWords: !options.wholeWords })}
      >
        <IconTextWrapDisabled size={16} aria-hidden="true" />
      </Option>
      {canReplace && (
        <Option label={t("reviewing.find.replaceOpen")} pressed={replacing} press={() => begin(!replacing)}>
          <IconReplace size={16} aria-hidden="true" />
        </Option>
      )}
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

function Option({
  label,
  pressed,
  press,
  children,
}: {
  label: string;
  pressed: boolean;
  press: () => void;
  children: ReactNode;
}) {
  return (
    <Tooltip label={label}>
      <ActionIcon
        size="sm"
        variant={pressed ? "light" : "subtle"}
        color={pressed ? "teal" : "gray"}
        aria-label={label}
        aria-pressed={pressed}
        onClick={press}
      >
        {children}
      </ActionIcon>
    </Tooltip>
  );
}
