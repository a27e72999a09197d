/** One time of typing: what is asked while keys come, and the token that joins it with the search that ends it. */
import { getUrl, isAbort, urlOf, type Suggestion } from "../api/client.js";
import type { SuggestStatus } from "../components/combobox.js";
import type { Question } from "./address.js";

export const QUIET_MILLISECONDS = 120;
/** The server joins requests of one token for 180 seconds and 50 requests; this stays inside. */
const TOKEN_MILLISECONDS = 150_000;
const TOKEN_REQUESTS = 45;

interface Answer {
  suggestions: Suggestion[];
}

/** Where the question is asked: its point, or the middle of its box, which may cross 180°. */
export function nearOf(question: Question): { lat?: string; lon?: string } {
  if (question.lat !== undefined && question.lon !== undefined) return { lat: question.lat, lon: question.lon };
  const [west, south, east, north] = question.bbox?.split(",").map(Number) ?? [];
  if (west === undefined || south === undefined || east === undefined || north === undefined) return {};
  const lon = (west + (east < west ? east + 360 : east)) / 2;
  return { lat: ((south + north) / 2).toFixed(5), lon: (lon > 180 ? lon - 360 : lon).toFixed(5) };
}

export class SuggestSession {
  status: SuggestStatus = "idle";
  options: readonly Suggestion[] = [];
  private token = "";
  private begun = 0;
  private asked = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running: AbortController | null = null;

  constructor(
    private readonly host: { requestUpdate(): void },
    private readonly fetchAnswer: (url: string, signal: AbortSignal) => Promise<Answer> = getUrl,
    private readonly newToken: () => string = () => crypto.randomUUID(),
    private readonly now: () => number = () => Date.now(),
  ) {}

  /** Ask when no key has come for a moment. What was there stays until the answer comes. */
  typed(words: string, question: Question, language: string): void {
    this.stop();
    if (words.trim() === "") {
      this.show("idle", []);
      return;
    }
    this.timer = setTimeout(() => void this.ask(words, question, language), QUIET_MILLISECONDS);
  }

  /** The token of this time of typing, for the search that ends it; none where nothing was asked. */
  end(): string | undefined {
    this.stop();
    this.show("idle", []);
    const token = this.asked > 0 && this.now() - this.begun < TOKEN_MILLISECONDS ? this.token : undefined;
    this.token = "";
    this.asked = 0;
    return token;
  }

  /** No more is awaited; the list is put away. */
  stop(): void {
    clearTimeout(this.timer);
    this.running?.abort();
    this.running = null;
  }

  private async ask(words: string, question: Question, language: string): Promise<void> {
    if (this.token === "" || this.asked >= TOKEN_REQUESTS || this.now() - this.begun >= TOKEN_MILLISECONDS) {
      this.token = this.newToken();
      this.begun = this.now();
      this.asked = 0;
    }
    this.asked += 1;
    const mine = new AbortController();
    this.running = mine;
    const url = urlOf("/v1/suggest", { q: words, ...nearOf(question), lang: language, session: this.token });
    try {
      const { suggestions } = await this.fetchAnswer(url, mine.signal);
      if (this.running === mine) this.show("ready", suggestions);
    } catch (error) {
      if (this.running === mine && !isAbort(error)) this.show("failed", []);
    }
  }

  private show(status: SuggestStatus, options: readonly Suggestion[]): void {
    this.status = status;
    this.options = options;
    this.host.requestUpdate();
  }
}
