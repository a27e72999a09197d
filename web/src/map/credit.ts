/** Whose data the map shows. Apart from the map's library, as it is there before it. */
import { css, html, type TemplateResult } from "lit";

export const creditStyle = css`
  .credit {
    position: absolute;
    z-index: 1;
    right: 0;
    bottom: 0;
    padding: 0.1rem 0.5rem;
    border-radius: var(--radius-s) 0 0 0;
    background: var(--surface);
    font-size: 0.6875rem;
    color: var(--ink-muted);
  }
  .credit a {
    color: inherit;
  }
`;

export function credit(): TemplateResult {
  return html`<p class="credit"><a href="https://www.openstreetmap.org/copyright" rel="noopener">© OpenStreetMap contributors</a></p>`;
}
