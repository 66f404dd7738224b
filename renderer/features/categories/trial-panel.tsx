import { Button, Loader, Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import type { Category } from "../../../app/insight/rules.ts";
import { useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { keep, keptValue } from "../../ui/desk/kept-place.ts";
import { FailureNote } from "../../ui/states.tsx";
import { count as grouped } from "../../ui/time.ts";
import classes from "./categories.module.css";
import { Matches } from "./matches.tsx";
import { useListening } from "./use-listening.ts";
import { useTrial } from "./use-trial.ts";

/** Time in which somebody goes on typing before a conversation is asked, in milliseconds. */
const typingMs = 200;

/** What the rule in the editor finds, in one conversation and over the library, while it is written. */
export function TrialPanel({ category, isBroken }: { category: Category | null; isBroken: boolean }) {
  const { t } = useTranslation();
  const listening = useListening();
  return (
    <section className={classes["trial"]} aria-label={t("rules.trial")}>
      <h2>{t("rules.trial")}</h2>
      {isBroken && category !== null && <p className={classes["quiet"]}>{t("rules.trialBroken")}</p>}
      <OnConversation category={category} listening={listening} />
      <OverLibrary category={category} listening={listening} />
    </section>
  );
}

interface PartProps {
  readonly category: Category | null;
  readonly listening: ReturnType<typeof useListening>;
}

function OnConversation({ category, listening }: PartProps) {
  const { t } = useTranslation();
  const kept = keptValue("conversation.last");
  const [wanted, setWanted] = useState("");
  const [asked] = useDebouncedValue(wanted, typingMs);
  // What is typed are words of a title, and no operators of the library's search.
  const words = asked.replaceAll(/["“”„:]/gu, " ").trim();
  const list = useCall("library.list", { text: words === "" ? "" : `title:"${words}"`, limit: 20 }, { keep: true });
  const [chosen, setChosen] = useState<string | null>(typeof kept === "string" ? kept : null);
  const view = useCall("conversation.get", { id: chosen ?? "" }, { enabled: chosen !== null });
  const rows = list.data?.rows ?? [];
  // One that was deleted since counts as none.
  const id = chosen !== null && !view.isError ? chosen : (rows[0]?.id ?? null);
  const title = view.data?.conversation.title ?? rows.find((row) => row.id === id)?.title ?? "";
  const [tried] = useDebouncedValue(category, typingMs);
  const trial = useCall(
    "category.try",
    { rule: tried?.rule ?? { said: [" "] }, kind: tried?.kind ?? null, conversationId: id ?? "" },
    { enabled: tried !== null && id !== null, keep: true },
  );
  const options = rows.map((row) => ({ value: row.id, label: row.title }));
  const isOffered = id !== null && options.some(({ value }) => value === id);
  const outcome =
    trial.data === undefined ? null : trial.data.present > 0 ? "present" : trial.data.absent > 0 ? "absent" : "unknown";
  return (
    <section aria-label={t("rules.trialOnCall")} className={classes["part"]} data-testid="trial-on-call">
      <h3>{t("rules.trialOnCall")}</h3>
      <Select
        size="xs"
        label={t("rules.trialCall")}
        searchable
        allowDeselect={false}
        value={id}
        data={id === null || isOffered || wanted !== "" ? options : [{ value: id, label: title }, ...options]}
        onSearchChange={(text) => setWanted(text === title ? "" : text)}
        filter={({ options: all }) => all}
        onChange={(value) => {
          if (value === null) return;
          setChosen(value);
          keep("conversation.last", value);
        }}
      />
      {id === null && <p className={classes["quiet"]}>{t("rules.trialNoCall")}</p>}
      {trial.isError && <FailureNote compact live failure={trial.error} />}
      {tried !== null && id !== null && trial.data !== undefined && outcome !== null && (
        <div aria-busy={trial.isFetching}>
          <p role="status" data-outcome={outcome} className={classes["outcome"]}>
            {t(`rules.outcome.${outcome}`)}
          </p>
          {trial.data.matches.map((match) => (
            <Matches
              key={match.conversationId}
              conversationId={match.conversationId}
              title={match.title}
              places={match.places}
              listening={listening}
              hasSound={match.kind === "call"}
              most={12}
            />
          ))}
        </div>
      )}
    </section>
  );
}

function OverLibrary({ category, listening }: PartProps) {
  const { t, i18n } = useTranslation();
  const { trial, stop, go } = useTrial(category);
  const number = (value: number): string => grouped(value, i18n.language);
  if (trial === null) return null;
  const { state, looked, of, present, absent, unknown, matches, failure } = trial;
  const sofar = { looked: number(looked), of: number(of) };
  return (
    <section aria-label={t("rules.trialOver")} className={classes["part"]} data-testid="trial-over-library">
      <h3>{t("rules.trialOver")}</h3>
      <div className={classes["progress"]}>
        <p role="status">
          {of === 0 && state !== "failed" ? (
            t("rules.trialEmpty")
          ) : (
            <>
              {t("rules.trialFound", { count: present })} {t("rules.trialAbsent", { count: absent })}{" "}
              {unknown > 0 && t("rules.trialUnknown", { count: unknown })}{" "}
            </>
          )}
          <span className={classes["quiet"]}>
            {state === "running" && t("rules.trialLooking", sofar)}
            {state === "stopped" && t("rules.trialStopped", sofar)}
          </span>
        </p>
        {state === "running" && (
          <>
            <Loader size="xs" aria-hidden="true" />
            <Button size="compact-xs" variant="default" onClick={stop}>
              {t("rules.trialStop")}
            </Button>
          </>
        )}
        {state === "stopped" && (
          <Button size="compact-xs" variant="default" onClick={go}>
            {t("rules.trialGo")}
          </Button>
        )}
      </div>
      {state === "failed" && <FailureNote compact live failure={failure} />}
      {matches.length > 0 && (
        <>
          {present > matches.length && <p className={classes["quiet"]}>{t("rules.trialFirst", { count: matches.length })}</p>}
          <ul className={classes["conversations"]}>
            {matches.map((match) => (
              <li key={match.conversationId}>
                <p className={classes["conversation"]}>{match.title}</p>
                <Matches
                  conversationId={match.conversationId}
                  title={match.title}
                  places={match.places}
                  listening={listening}
                  hasSound={match.kind === "call"}
                  most={2}
                />
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
