import { IconMessage, IconMessages, IconPhone, IconRobot } from "@tabler/icons-react";
import type { Channel } from "../../../app/conversation/conversation.ts";
import { useTranslation } from "../../text/index.ts";

const icons = { voice: IconPhone, chat: IconMessages, sms: IconMessage, bot: IconRobot } as const;

/** The sign of a channel, with its name for who does not see it. */
export function ChannelIcon({ channel, size = 16 }: { channel: Channel; size?: number }) {
  const { t } = useTranslation();
  const Icon = icons[channel];
  return <Icon size={size} role="img" aria-label={t(`channel.${channel}`)} />;
}
