/** What was refused, in plain words, and where: at a field, at a band, at a place on the map. */
import { ApiProblem } from "../api/client.js";
import { language, t } from "../i18n/messages.js";
import { Refusal, type Position } from "./api.js";
import type { FormFault } from "./draft.js";
import { c, type ConsoleKey } from "./words.js";

export interface Fault {
  words: string;
  /** As the API names it, without `draft.`: `bands[1].area`. */
  field: string | null;
  band: number | null;
  place: Position | null;
  /** The area has changed since it was read. */
  isStale: boolean;
  /** It does not exist, or not for who asks. */
  isMissing: boolean;
}

const CODES: Readonly<Record<string, ConsoleKey>> = {
  credentials_refused: "refused_credentials",
  code_refused: "refused_code",
  no_challenge: "refused_no_challenge",
  role_too_small: "refused_role",
  not_found: "missing_detail",
  area_changed: "refused_changed",
  too_many_areas: "refused_too_many_areas",
  areas_too_detailed: "refused_areas_too_detailed",
  not_authenticated: "refused_signed_out",
};

const REASONS: Readonly<Record<string, ConsoleKey>> = {
  self_intersection: "reason_self_intersection",
  ring_self_intersection: "reason_self_intersection",
  hole_lies_outside_shell: "reason_hole_outside",
  holes_are_nested: "reason_holes_nested",
  nested_shells: "reason_parts_overlap",
  interior_is_disconnected: "reason_disconnected",
  duplicate_rings: "reason_duplicate_rings",
  too_few_positions: "reason_too_few",
  too_few_points_in_geometry_component: "reason_too_few",
  open_ring: "reason_open_ring",
  out_of_range: "reason_out_of_range",
  winds_round_pole: "reason_pole",
  too_small: "reason_too_small",
  too_many_positions: "reason_too_many",
  too_many_parts: "reason_too_many",
  too_many_holes: "reason_too_many",
  not_a_number: "reason_wrong_shape",
  wrong_shape: "reason_wrong_shape",
  not_an_area: "reason_wrong_shape",
};

const FORM: Readonly<Record<FormFault["what"], ConsoleKey>> = {
  number: "fault_whole",
  whole: "fault_whole",
  money: "fault_money",
  instant: "fault_instant",
  named_area: "fault_named_area",
  shape: "fault_shape",
};

export function faultOf(error: unknown): Fault {
  if (!(error instanceof ApiProblem)) return fault(t("no_network_detail"));
  const field = error.parameter?.replace(/^draft\./, "") ?? null;
  const refusal = error instanceof Refusal ? error : null;
  return { ...fault(wordsOf(error, refusal?.reason ?? null), field), place: refusal?.place ?? null, isStale: error.code === "area_changed", isMissing: error.status === 404 };
}

export function formFault({ parameter, what }: FormFault): Fault {
  return fault(c(FORM[what]), parameter);
}

function fault(words: string, field: string | null = null): Fault {
  const band = /^bands\[(\d+)\]/.exec(field ?? "")?.[1];
  return { words, field, band: band === undefined ? null : Number(band), place: null, isStale: false, isMissing: false };
}

/** Ours where we have words for it; else the API's own, which are English. */
function wordsOf(error: ApiProblem, reason: string | null): string {
  const known = reason === null ? CODES[error.code] : REASONS[reason];
  if (known !== undefined) return c(known);
  if (error.status === 429) return t("too_many_detail", { seconds: error.retryAfterSeconds ?? 60 });
  if (error.status >= 500) return t("server_error_detail");
  if (language() !== "en" && error.detail !== "") return c("refused_in_english", { detail: error.detail });
  return error.detail === "" ? t("server_error_detail") : error.detail;
}
