import { ActionIcon, CloseButton, Combobox, Popover, TextInput, useCombobox } from "@mantine/core";
import { useDebouncedCallback, useDebouncedValue } from "@mantine/hooks";
import { IconHelp, IconSearch } from "@tabler/icons-react";
import { useEffect, useId, useRef, useState } from "react";
import { longestSearchText, type OperatorName } from "../../../app/conversation/search-query.ts";
import { useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { isCovered, isTyping } from "../../ui/typing.ts";
import { completed, completing } from "./completing.ts";
import classes from "./finding.module.css";
import { changeView, currentView, understood, useView, withTerm } from "./view.ts";

/** Waits so long after a key before the list is asked, in milliseconds: an answer takes less than it takes to type on. */
const restMs = 120;

/** The search: words and operators, completed while they are typed, with what cannot be understood said below. */
export function SearchBox() {
  const { t } = useTranslation();
  const view = useView();
  const [typed, setTyped] = useState(view.text);
  const [caret, setCaret] = useState<number | null>(null);
  const box = useRef<HTMLInputElement>(null);
  const faultId = useId();
  const combobox = useCombobox();
  const search = useDebouncedCallback((text: string) => {
    // What cannot be understood yet is not asked: the list stays as it is.
    if (understood(text).faults.length === 0) changeView({ text, scrollTop: 0 });
  }, restMs);

  // Somebody else changed the search: a chip was taken off, a view was chosen.
  const asked = useRef(view.text);
  useEffect(() => {
    if (view.text === asked.current) return;
    asked.current = view.text;
    setTyped((now) => (now.trim() === view.text.trim() ? now : view.text));
  }, [view.text]);

  useEffect(() => {
    const hear = (event: KeyboardEvent) => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || isCovered()) return;
      event.preventDefault();
      box.current?.focus();
      box.current?.select();
    };
    window.addEventListener("keydown", hear);
    return () => window.removeEventListener("keydown", hear);
  }, []);

  const at = caret === null ? null : completing(typed, caret);
  const [askedText] = useDebouncedValue(at?.offers.kind === "ask" ? at.offers.text : "", 80);
  const values = useCall(
    "library.values",
    { field: at?.offers.kind === "ask" ? at.offers.field : "agent", text: askedText, limit: 8 },
    { enabled: at?.offers.kind === "ask", keep: true },
  );
  const options: { value: string; note: string }[] =
    at === null
      ? []
      : at.offers.kind === "operators"
        ? at.offers.names.map((value) => ({ value, note: t(`finding.operator.${value}`) }))
        : at.offers.kind === "values"
          ? at.offers.values.map((value) => ({ value, note: "" }))
          : (values.data?.values ?? []).map(({ value, count }) => ({ value, note: String(count) }));
  const { faults } = understood(typed);
  const [fault] = faults;
  // While its word is still being typed, nothing is wrong yet.
  const shownFault = fault !== undefined && !(caret === fault.end && fault.end === typed.length) ? fault : undefined;

  const put = (text: string, to: number | null) => {
    setTyped(text);
    setCaret(to);
    asked.current = text;
    search(text);
  };
  const clear = () => {
    search.cancel();
    asked.current = "";
    setTyped("");
    setCaret(null);
    changeView({ text: "", scrollTop: 0 });
  };
  const choose = (value: string) => {
    if (at === null) return;
    const next = completed(typed, at, value, at.offers.kind === "operators");
    put(next.text, next.caret);
    requestAnimationFrame(() => box.current?.setSelectionRange(next.caret, next.caret));
    if (at.offers.kind !== "operators") combobox.closeDropdown();
    combobox.resetSelectedOption();
  };

  return (
    <div className={classes["searchBox"]}>
      <Combobox store={combobox} onOptionSubmit={choose} withinPortal={false}>
        <Combobox.Target withAriaAttributes={options.length > 0 && combobox.dropdownOpened}>
          <TextInput
            ref={box}
            aria-label={t("library.search")}
            placeholder={t("finding.search")}
            maxLength={longestSearchText}
            spellCheck={false}
            autoComplete="off"
            aria-invalid={shownFault !== undefined}
            aria-describedby={shownFault === undefined ? undefined : faultId}
            leftSection={<IconSearch size={16} aria-hidden="true" />}
            rightSection={
              typed === "" ? <Explain /> : <CloseButton size="sm" aria-label={t("library.clearSearch")} onClick={clear} />
            }
            value={typed}
            onChange={(event) => {
              put(event.currentTarget.value, event.currentTarget.selectionStart);
              combobox.resetSelectedOption();
              combobox.openDropdown();
            }}
            onClick={(event) => setCaret(event.currentTarget.selectionStart)}
            onBlur={() => {
              setCaret(null);
              combobox.closeDropdown();
            }}
            onKeyDown={(event) => {
              const offers = combobox.dropdownOpened && options.length > 0;
              if (event.key === "Escape") {
                if (offers) {
                  event.preventDefault();
                  combobox.closeDropdown();
                } else if (typed !== "") {
                  event.preventDefault();
                  clear();
                }
              } else if (event.key === "Tab" && offers && !event.shiftKey) {
                event.preventDefault();
                choose(options[Math.max(0, combobox.getSelectedOptionIndex())]?.value ?? "");
              } else if (event.key === "ArrowDown" && !offers) {
                event.preventDefault();
                document.querySelector<HTMLElement>('[role="grid"] [role="row"][tabindex="0"]')?.focus();
              }
            }}
          />
        </Combobox.Target>
        <Combobox.Dropdown hidden={options.length === 0}>
          <Combobox.Options aria-label={t("finding.explain")}>
            {options.map(({ value, note }) => (
              <Combobox.Option key={value} value={value}>
                <span className={classes["offer"]}>
                  <span>
                    {value}
                    {at?.offers.kind === "operators" && ":"}
                  </span>
                  <small>{note}</small>
                </span>
              </Combobox.Option>
            ))}
          </Combobox.Options>
        </Combobox.Dropdown>
      </Combobox>
      {shownFault !== undefined && (
        <p id={faultId} className={classes["fault"]} role="status">
          {t(`finding.fault.${shownFault.fault}`, {
            given: shownFault.given,
            expected: shownFault.expected.slice(0, 12).join(", "),
          })}
        </p>
      )}
    </div>
  );
}

const examples = [
  { row: "who", examples: ["agent:Ann", 'agent="Ann Lee"', "customer:4711"] },
  { row: "said", examples: ['said:"cancel" by:customer before:60s'] },
  { row: "what", examples: ["channel:chat", "direction:inbound", "queue:billing", "language:en"] },
  { row: "figures", examples: ["duration>5m", "silence>20%", "talk>=60%", "interruptions:3..10"] },
  { row: "dates", examples: ["date>=2026-01-01", "date:2026-03", "date:7d"] },
  { row: "tags", examples: ["tag:late", "-tag:late"] },
  { row: "categories", examples: ["category:greeting", "lacks:greeting"] },
  { row: "mood", examples: ["customer-sentiment<0", "agent-sentiment:-1..1", "sentiment<-2", "topic:cancellation"] },
  { row: "judged", examples: ["score<80 form:service-quality", "stale:yes", "review:submitted"] },
  { row: "is", examples: ["is:unread", "is:mine", "is:edited", "is:overdue"] },
  { row: "has", examples: ["has:comments", "no:agent"] },
  { row: "or", examples: ["channel:chat OR channel:sms"] },
] as const;

/** What can be searched for, with examples that can be tried. */
function Explain() {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  return (
    <Popover opened={opened} onChange={setOpened} width={460} position="bottom-end" trapFocus returnFocus>
      <Popover.Target>
        <ActionIcon
          size="sm"
          variant="subtle"
          color="gray"
          aria-label={t("finding.explain")}
          aria-expanded={opened}
          onClick={() => setOpened(!opened)}
        >
          <IconHelp size={16} aria-hidden="true" />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown aria-label={t("finding.explained.title")}>
        <div className={classes["explained"]}>
          <p>{t("finding.explained.words")}</p>
          <dl>
            {examples.map(({ row, examples: each }) => (
              <div key={row}>
                <dt>{t(`finding.explained.rows.${row}`)}</dt>
                <dd>
                  {each.map((example) => (
                    <button
                      key={example}
                      type="button"
                      className={classes["example"]}
                      onClick={() => {
                        setOpened(false);
                        changeView({ text: withTerm(currentView().text, example), scrollTop: 0 });
                      }}
                    >
                      {example}
                    </button>
                  ))}
                </dd>
              </div>
            ))}
          </dl>
          <p>{t("finding.explained.more")}</p>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

/** Operators that the filter menu offers at once. */
export const offeredOperators: readonly OperatorName[] = [
  "agent",
  "customer",
  "queue",
  "tag",
  "category",
  "channel",
  "direction",
  "language",
  "state",
  "date",
  "duration",
  "silence",
  "talk",
  "interruptions",
  "customer-sentiment",
  "agent-sentiment",
  "topic",
  "said",
  "is",
  "has",
  "assigned",
];
