import { css, html, LitElement, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import { base } from "./base.js";
import { width } from "./width.js";

export interface Bar {
  name: string;
  /** 0 to 1: how much of its weight the part earned. */
  value: number;
  /** 0 to 1: the weight; the length of the track. */
  weight: number;
  words: string;
  points: string;
}

/** Parts of a whole: each track is as long as its weight, each bar as long as what it earned. */
@customElement("vn-bars")
export class VnBars extends LitElement {
  static override styles = [
    base,
    css`
      dl {
        display: grid;
        gap: var(--space-3);
      }
      .head {
        display: flex;
        justify-content: space-between;
        gap: var(--space-3);
        font-size: var(--text-s);
        font-weight: 600;
      }
      .points {
        font-variant-numeric: tabular-nums;
        color: var(--ink-muted);
        font-weight: 550;
      }
      .track {
        height: 0.6rem;
        margin: 0.25rem 0;
        min-width: 0.6rem;
        border-radius: var(--radius-full);
        background: var(--sunken);
        box-shadow: inset 0 0 0 1px var(--line);
        overflow: hidden;
      }
      .fill {
        height: 100%;
        border-radius: inherit;
        background: var(--accent);
        transition: width var(--calm) var(--ease);
      }
      .words {
        font-size: var(--text-xs);
        color: var(--ink-muted);
      }
    `,
  ];

  @property({ attribute: false }) bars: readonly Bar[] = [];

  override render(): TemplateResult {
    const longest = Math.max(...this.bars.map((bar) => bar.weight), 1e-9);
    return html`<dl>
      ${this.bars.map(
        (bar) => html`<div>
          <dt class="head"><span>${bar.name}</span><span class="points">${bar.points}</span></dt>
          <dd>
            <div class="track" ${width(bar.weight / longest)} aria-hidden="true">
              <div class="fill" ${width(bar.value)}></div>
            </div>
            <p class="words">${bar.words}</p>
          </dd>
        </div>`,
      )}
    </dl>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "vn-bars": VnBars;
  }
}
