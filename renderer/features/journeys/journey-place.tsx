import { ActionIcon, Button, Tooltip } from "@mantine/core";
import { IconChevronLeft, IconChevronRight, IconRoute } from "@tabler/icons-react";
import { Link, useLocation } from "wouter";
import { useCall } from "../../bridge/index.ts";
import { useTranslation } from "../../text/index.ts";
import { useActions } from "../../ui/actions/index.ts";
import classes from "./journeys.module.css";

/** Where a conversation stands among those of its customer, with the ones before and after it; nothing where it is the only one. */
export function JourneyPlace({ conversationId }: { conversationId: string }) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const place = useCall("journey.of", { conversationId }).data?.place ?? null;
  const several = place !== null && place.conversations > 1;
  const open = (id: string | null) => (id === null ? undefined : () => navigate(`/conversation/${encodeURIComponent(id)}`));
  const previous = several ? open(place.previousId) : undefined;
  const next = several ? open(place.nextId) : undefined;
  const journey = several ? `/journeys/${encodeURIComponent(place.journeyId)}` : null;
  useActions({
    "journeys.open": journey === null ? undefined : () => navigate(journey),
    "journeys.previous": previous,
    "journeys.next": next,
  });
  if (!several || journey === null) return null;
  const step = (label: string, act: (() => void) | undefined, icon: React.ReactNode) => (
    <Tooltip label={label}>
      <ActionIcon variant="default" aria-label={label} disabled={act === undefined} onClick={act}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
  return (
    <nav className={classes["place"]} aria-label={t("journeys.review.label")}>
      {step(t("journeys.review.previous"), previous, <IconChevronLeft size={16} aria-hidden="true" />)}
      <Button
        variant="default"
        component={Link}
        href={journey}
        leftSection={<IconRoute size={14} aria-hidden="true" />}
        aria-label={`${t("journeys.review.label")}: ${t("journeys.review.place", { number: place.number, count: place.conversations })}`}
      >
        {t("journeys.review.place", { number: place.number, count: place.conversations })}
      </Button>
      {step(t("journeys.review.next"), next, <IconChevronRight size={16} aria-hidden="true" />)}
    </nav>
  );
}
