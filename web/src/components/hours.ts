import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import type { Place } from "../api/client.js";
import { clockAt, weekday, zoneName } from "../i18n/format.js";
import { t } from "../i18n/messages.js";
import { base } from "./base.js";

type Hours = NonNullable<Place["hours"]>;
type Day = NonNullable<Hours["week"]>[number];

/** Opening hours of seven days in the place's own zone; the first is today, and marked. */
@customElement("vn-hours")
export class VnHours extends LitElement {
  static override styles = [
    base,
    css`
      .now {
        font-size: var(--text-m);
        font-weight: 600;
      }
      .open {
        color: var(--good);
      }
      .closed {
        color: var(--bad);
      }
      .then {
        font-weight: 450;
        color: var(--ink-muted);
      }
      table {
        width: 100%;
        margin-top: var(--space-2);
        border-collapse: collapse;
        font-size: var(--text-s);
        font-variant-numeric: tabular-nums;
      }
      th {
        text-align: left;
        font-weight: 450;
        padding: 0.3rem 0.5rem;
        vertical-align: top;
      }
      td {
        text-align: right;
        padding: 0.3rem 0.5rem;
      }
      tr.today {
        background: var(--accent-soft);
        font-weight: 650;
      }
      tr.today th {
        font-weight: 650;
        border-radius: 0.4rem 0 0 0.4rem;
      }
      tr.today td {
        border-radius: 0 0.4rem 0.4rem 0;
      }
      .note {
        color: var(--ink-muted);
        font-size: var(--text-xs);
        margin-top: var(--space-2);
        overflow-wrap: anywhere;
      }
    `,
  ];

  @property({ attribute: false }) hours: Place["hours"] = null;
  @property() zone = "UTC";

  override render(): TemplateResult {
    const { hours } = this;
    if (hours === null) return html`<p class="note">${t("hours_unknown")}</p>`;
    return html`${this.status(hours)}
      ${hours.week === null
        ? html`<p class="note">${hours.text}</p>`
        : html`<table>
            <caption class="visually-hidden">${t("hours")}</caption>
            <tbody>
              ${hours.week.map((day, index) => this.day(day, index === 0))}
            </tbody>
          </table>`}
      <p class="note">${t("hours_in_zone", { zone: zoneName(this.zone) })}</p>`;
  }

  private status(hours: Hours): TemplateResult | typeof nothing {
    const { status } = hours;
    if (status === null || status.state === "unknown") return nothing;
    const at = status.changes_at === null ? null : clockAt(status.changes_at, this.zone);
    const then = at === null ? "" : status.state === "open" ? t("closes_at", { time: at }) : this.opensAt(status.changes_at ?? "", at);
    return html`<p class="now">
      <span class=${status.state}>${status.state === "open" ? t("open") : t("closed")}</span>
      ${then === "" ? nothing : html`<span class="then">· ${then}</span>`}
    </p>`;
  }

  private opensAt(instant: string, time: string): string {
    const day = new Intl.DateTimeFormat("en-CA", { timeZone: this.zone }).format(new Date(instant));
    const today = this.hours?.week?.[0]?.day;
    return day === today ? t("opens_at", { time }) : t("opens_on", { day: weekday(day), time });
  }

  private day(day: Day, today: boolean): TemplateResult {
    return html`<tr class=${today ? "today" : ""} aria-current=${today ? "date" : "false"}>
      <th scope="row">${weekday(day.day)}${day.is_holiday ? html` <span>(${t("holiday")})</span>` : nothing}</th>
      <td>
        ${day.spans.length === 0
          ? t("closed")
          : day.spans.map((span) => html`<div>${span.opens === "00:00" && span.closes === "24:00" ? t("all_day") : `${span.opens} – ${span.closes}`}</div>`)}
      </td>
    </tr>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "vn-hours": VnHours;
  }
}
