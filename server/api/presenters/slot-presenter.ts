import { formatTimestamp, secondsBetween, type Timestamp } from "@sluice/schemas";
import type { SlotHolder } from "../../store/slots.ts";
import { momentOrNull } from "./moments.ts";

export function presentSlotHolder(holder: SlotHolder, now: Timestamp) {
  return {
    id: holder.id,
    name: holder.name,
    state_type: holder.state_type,
    state_name: holder.state_name,
    start_time: momentOrNull(holder.start_time),
    state_timestamp: formatTimestamp(holder.state_timestamp),
    time_in_current_state: secondsBetween(holder.state_timestamp, now),
  };
}
