import { IconPlayerPlay } from "@tabler/icons-react";
import { Link } from "wouter";
import { type Evidence, wordsTaken } from "../../../app/conformity/evidence.ts";
import { useTranslation } from "../../text/index.ts";
import { clock } from "../time.ts";
import classes from "./proof.module.css";

/** Where a quote leads: into the page it is on, or to another. */
export type QuoteTarget = { readonly play: (quote: Evidence) => void } | { readonly address: (quote: Evidence) => string };

/** The words that something rests on, each a way to where they stand and sound. */
export function QuoteList({ quotes, target }: { quotes: readonly Evidence[]; target: QuoteTarget }) {
  if (quotes.length === 0) return null;
  return (
    <ul className={classes["quotes"]}>
      {quotes.map((quote, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the same words can stand under an answer twice
        <li key={index}>
          <Quote quote={quote} target={target} />
        </li>
      ))}
    </ul>
  );
}

function Quote({ quote, target }: { quote: Evidence; target: QuoteTarget }) {
  const { t } = useTranslation();
  const { anchor, roles } = quote;
  const inside = (
    <>
      <IconPlayerPlay size={12} aria-hidden="true" />
      <span className="unseen">{t("play" in target ? "questions.answer.play" : "questions.answer.open")} </span>
      <span className="numeric">{clock(anchor.startMs)}</span>
      {roles.map((role) => (
        <span key={role} className={classes["role"]}>
          {t(`role.${role}`)}
        </span>
      ))}
      <q>{wordsTaken(quote)}</q>
    </>
  );
  return "play" in target ? (
    <button type="button" className={classes["quote"]} onClick={() => target.play(quote)}>
      {inside}
    </button>
  ) : (
    <Link href={target.address(quote)} className={classes["quote"] ?? ""}>
      {inside}
    </Link>
  );
}

/** The address of a conversation at the words of a quote, playing. */
export function addressOfQuote(conversationId: string, { anchor }: Evidence): string {
  const query = new URLSearchParams({ t: String(anchor.startMs), play: "1" });
  if (anchor.turnId !== null) query.set("turn", anchor.turnId);
  return `/conversation/${encodeURIComponent(conversationId)}?${query.toString()}`;
}
