/** Why a hit stands where it stands, in the reader's language: the API's numbers with our own words. */
import type { Hit, SearchPage } from "../api/client.js";
import type { Bar } from "../components/bars.js";
import { distance, number, percent } from "../i18n/format.js";
import { plural, t, type MessageKey } from "../i18n/messages.js";

const TIERS = ["exact", "prefix", "all_words", "fuzzy", "some_words"] as const;

export function barsOf(hit: Hit, ranking: SearchPage["ranking"]): Bar[] {
  return (hit.why?.parts ?? []).map((part) => ({
    name: t(`signal_${part.signal}`),
    value: part.value,
    weight: part.weight,
    words: words(part.signal, hit, ranking),
    points: t("points", { part: number(part.part * 100, 1), most: number(part.weight * 100) }),
  }));
}

function words(signal: string, hit: Hit, ranking: SearchPage["ranking"]): string {
  if (signal === "distance" && hit.distance_metres != null) {
    return t("why_distance", {
      distance: distance(hit.distance_metres),
      half: distance(ranking.half_distance_metres),
    });
  }
  if (signal === "rating") {
    const stars = hit.rating?.weighted;
    return stars == null ? t("why_unrated") : plural("why_rating", hit.rating?.count ?? 0, { stars: number(stars, 2) });
  }
  if (signal === "deal") {
    const off = hit.deal ? hit.deal.discount_percent / 100 : hit.deals?.[0]?.discount;
    return off === undefined ? t("why_no_deal") : t("why_deal", { off: percent(off) });
  }
  return t(signal === "popularity" ? "why_popularity" : "why_freshness");
}

export function orderWords(hit: Hit, ranking: SearchPage["ranking"]): string {
  if (ranking.sort !== "score") return t("why_hard_order", { sort: t(`sort_${ranking.sort}` as MessageKey) });
  const tier = TIERS.find((each) => each === hit.tier);
  return tier === undefined ? t("why_score") : t(`tier_${tier}`);
}
