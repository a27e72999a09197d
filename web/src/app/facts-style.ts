/** How the parts of a place or deal in full are written. */
import { css } from "lit";

export const factsStyle = css`
  h3 {
    font-size: var(--text-m);
    font-weight: 650;
    margin-bottom: var(--space-2);
  }
  .muted {
    color: var(--ink-muted);
    font-size: var(--text-s);
  }
  .tags {
    display: flex;
    flex-wrap: wrap;
    gap: var(--space-2);
  }
  .tags li {
    background: var(--sunken);
    border-radius: var(--radius-full);
    padding: 0.2rem 0.7rem;
    font-size: var(--text-s);
  }
  .demo {
    border-left: 3px solid var(--line-strong);
    padding-left: var(--space-3);
    font-size: var(--text-s);
    color: var(--ink-muted);
  }
`;
