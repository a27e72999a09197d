import { css, html, LitElement, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";

import { t } from "../i18n/messages.js";
import { base } from "./base.js";
import { icon } from "./icons.js";

export type Stop = "peek" | "half" | "full";
const STOPS: readonly Stop[] = ["peek", "half", "full"];

/** On a phone a sheet over the map, dragged by its handle or moved by its buttons; on a wide screen a plain column. */
@customElement("vn-sheet")
export class VnSheet extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: flex;
        flex-direction: column;
        min-height: 0;
        background: var(--surface);
      }
      .handle {
        display: none;
      }
      .content {
        flex: 1;
        min-height: 0;
        overflow-y: auto;
        overscroll-behavior: contain;
        scrollbar-width: thin;
      }
      @media (max-width: 59.99rem) {
        :host {
          position: fixed;
          inset: auto 0 0;
          height: calc(100dvh - var(--sheet-top, 7.5rem));
          border-radius: var(--radius-l) var(--radius-l) 0 0;
          box-shadow: var(--shadow-m);
          transform: translateY(var(--sheet-offset, 55%));
          transition: transform var(--calm) var(--ease);
          z-index: 3;
        }
        :host([dragging]) {
          transition: none;
        }
        .handle {
          display: grid;
          grid-template-columns: 2.75rem 1fr 2.75rem;
          align-items: center;
          flex: none;
          touch-action: none;
          cursor: grab;
        }
        .grip {
          justify-self: center;
          width: 2.5rem;
          height: 0.3rem;
          border-radius: var(--radius-full);
          background: var(--line-strong);
        }
        button {
          display: grid;
          place-items: center;
          width: 2.75rem;
          height: 2.25rem;
          border: 0;
          background: none;
          color: var(--ink-muted);
          cursor: pointer;
        }
        button:disabled {
          opacity: 0.35;
        }
        .up svg {
          transform: rotate(180deg);
        }
        .content {
          /* What the sheet hides below the screen must be reachable by scrolling. */
          padding-bottom: var(--sheet-hidden, 0px);
        }
      }
    `,
  ];

  @property({ reflect: true }) stop: Stop = "half";
  @state() private dragging = false;
  @query(".handle") private readonly handle!: HTMLElement;
  @query(".content") readonly content!: HTMLElement;
  private from = { pointer: 0, offset: 0 };
  private readonly resized = new ResizeObserver(() => this.place(this.offsetOf(this.stop)));

  override connectedCallback(): void {
    super.connectedCallback();
    this.resized.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.resized.disconnect();
  }

  override updated(changed: PropertyValues<this>): void {
    if (changed.has("stop")) this.place(this.offsetOf(this.stop));
  }

  override render(): TemplateResult {
    const at = STOPS.indexOf(this.stop);
    return html`<div
        class="handle"
        @pointerdown=${this.grabbed}
        @pointermove=${this.dragged}
        @pointerup=${this.released}
        @pointercancel=${this.released}
      >
        <button type="button" class="down" aria-label=${t("sheet_lower")} ?disabled=${at === 0} @click=${() => this.go(at - 1)}>
          ${icon("more")}
        </button>
        <span class="grip"></span>
        <button type="button" class="up" aria-label=${t("sheet_raise")} ?disabled=${at === 2} @click=${() => this.go(at + 1)}>
          ${icon("more")}
        </button>
      </div>
      <div class="content" tabindex="-1"><slot></slot></div>`;
  }

  private go(index: number): void {
    const stop = STOPS[index];
    if (stop === undefined) return;
    this.stop = stop;
    this.dispatchEvent(new CustomEvent("moved", { detail: stop }));
  }

  /** Pixels of the sheet below the screen's edge. */
  private offsetOf(stop: Stop): number {
    const height = this.offsetHeight;
    if (stop === "full") return 0;
    return stop === "half" ? height * 0.45 : Math.max(0, height - 132);
  }

  private place(pixels: number): void {
    this.style.setProperty("--sheet-offset", `${Math.round(pixels)}px`);
    this.style.setProperty("--sheet-hidden", `${Math.round(pixels)}px`);
  }

  private grabbed(event: PointerEvent): void {
    if ((event.target as Element).closest("button")) return;
    this.handle.setPointerCapture(event.pointerId);
    this.from = { pointer: event.clientY, offset: this.offsetOf(this.stop) };
    this.dragging = true;
    this.toggleAttribute("dragging", true);
  }

  private dragged(event: PointerEvent): void {
    if (!this.dragging) return;
    const most = this.offsetOf("peek");
    this.place(Math.min(most, Math.max(0, this.from.offset + event.clientY - this.from.pointer)));
  }

  private released(event: PointerEvent): void {
    if (!this.dragging) return;
    this.dragging = false;
    this.toggleAttribute("dragging", false);
    const moved = event.clientY - this.from.pointer;
    const end = this.from.offset + moved * 1.6; // a flick goes further than the finger
    const distances = STOPS.map((stop) => Math.abs(this.offsetOf(stop) - end));
    const nearest = distances.indexOf(Math.min(...distances));
    this.go(nearest);
    this.place(this.offsetOf(this.stop));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "vn-sheet": VnSheet;
  }
}
