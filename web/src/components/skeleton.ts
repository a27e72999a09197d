import { css, html, LitElement, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import { base } from "./base.js";

/** The shape of cards that are on their way, as tall as they will be. */
@customElement("vn-skeleton")
export class VnSkeleton extends LitElement {
  static override styles = [
    base,
    css`
      .card {
        display: grid;
        grid-template-columns: 1.75rem 1fr;
        gap: var(--space-3);
        padding: var(--space-4);
        min-height: 6.75rem;
        border-bottom: 1px solid var(--line);
      }
      i {
        display: block;
        border-radius: 0.4rem;
        background: var(--sunken);
        animation: breathe 1.4s ease-in-out infinite alternate;
      }
      .dot {
        width: 1.75rem;
        height: 1.75rem;
        border-radius: 50%;
      }
      .title {
        width: 62%;
        height: 1.1rem;
      }
      .line {
        width: 84%;
        height: 0.8rem;
        margin-top: 0.7rem;
      }
      .line.short {
        width: 40%;
      }
      @keyframes breathe {
        to {
          opacity: 0.45;
        }
      }
      @media (prefers-reduced-motion: reduce) {
        i {
          animation: none;
        }
      }
    `,
  ];

  @property({ type: Number }) cards = 5;

  override render(): TemplateResult {
    const card = html`<div class="card">
      <i class="dot"></i>
      <div><i class="title"></i><i class="line"></i><i class="line short"></i></div>
    </div>`;
    return html`<div aria-hidden="true">${Array.from({ length: this.cards }, () => card)}</div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "vn-skeleton": VnSkeleton;
  }
}
