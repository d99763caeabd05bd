// The server as the verification page needs it: requests with the CSRF token, pictures, and the decisions on their
// way. Decisions leave one after the other in the order in which they were made; what cannot be sent waits and is
// sent again, under the same Idempotency-Key, until the server has answered.

const WAITS = [1000, 2000, 4000, 8000, 15000]; // milliseconds before sending again
const token = () => document.querySelector('meta[name="csrf-token"]').content;

const randomKey = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** POST of JSON; the response, whatever its status. Rejects when the server cannot be reached. */
export const post = (address, body, options = {}) =>
  fetch(address, {
    method: "POST",
    credentials: "same-origin",
    body: JSON.stringify(body),
    ...options,
    headers: { "Content-Type": "application/json", "X-CSRF-Token": token(), ...options.headers },
  });

/** Takes over the token of a new log-in in another tab; whether somebody is logged in. */
const renewToken = async () => {
  try {
    const answer = await fetch("/help", { credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector('meta[name="csrf-token"]');
    if (!answer.ok || new URL(answer.url).pathname !== "/help" || !fresh) return false;
    document.querySelector('meta[name="csrf-token"]').content = fresh.content;
    return true;
  } catch {
    return false;
  }
};

/** What went wrong, in the words of the server. */
export const problemOf = async (response) => {
  try {
    return await response.json();
  } catch {
    return { detail: String(response.status), errors: [] };
  }
};

/** Pictures fetched ahead: address → promise of a blob address ("" when there is none). */
export class Pictures {
  #kept = new Map();

  get(address) {
    if (!address) return Promise.resolve("");
    if (!this.#kept.has(address)) this.#kept.set(address, this.#fetch(address));
    return this.#kept.get(address);
  }

  /** Forgets all but these. */
  async keep(addresses) {
    const wanted = new Set(addresses);
    for (const [address, picture] of this.#kept) {
      if (wanted.has(address)) continue;
      this.#kept.delete(address);
      URL.revokeObjectURL(await picture);
    }
  }

  async #fetch(address) {
    try {
      const answer = await fetch(address, { credentials: "same-origin" });
      return answer.ok ? URL.createObjectURL(await answer.blob()) : "";
    } catch {
      this.#kept.delete(address); // tried again when it is shown
      return "";
    }
  }
}

/** Decisions on their way. `onChange(count, state)`: state is "", "sending", "offline" or "logged_out";
 *  `onDone(task, answer)` and `onRefused(task, problem, status)` for each. */
export class Outbox {
  #tasks = [];
  #running = false;
  #tries = 0;
  #timer = 0;

  constructor({ onChange, onDone, onRefused }) {
    Object.assign(this, { onChange, onDone, onRefused });
    addEventListener("online", () => this.#now());
    document.addEventListener("visibilitychange", () => document.hidden || this.#now());
    addEventListener("beforeunload", (event) => {
      if (this.#tasks.length) event.preventDefault();
    });
  }

  get size() {
    return this.#tasks.length;
  }

  has(item) {
    return this.#tasks.some((task) => task.item === item);
  }

  /** `body` is a function: versions are known only when what came before was answered. */
  add(item, address, body) {
    this.#tasks.push({ item, address, body, key: randomKey(), sent: false });
    this.onChange(this.#tasks.length, "sending");
    this.#run();
  }

  /** Takes back the last decision for an item that was never sent; whether there was one. */
  withdraw(item) {
    const at = this.#tasks.findLastIndex((task) => task.item === item && !task.sent);
    if (at < 0) return false;
    this.#tasks.splice(at, 1);
    this.onChange(this.#tasks.length, this.#tasks.length ? "sending" : "");
    return true;
  }

  /** Resolves when nothing is on its way for the item. */
  async settled(item) {
    while (this.has(item)) await new Promise((resolve) => setTimeout(resolve, 30));
  }

  #now() {
    clearTimeout(this.#timer);
    this.#running = false;
    this.#run();
  }

  async #run() {
    if (this.#running || !this.#tasks.length) return;
    this.#running = true;
    const task = this.#tasks[0];
    task.sent = true;
    task.sending ??= task.body();
    let response;
    try {
      response = await post(task.address, task.sending, { headers: { "Idempotency-Key": task.key } });
    } catch {
      return this.#later("offline");
    }
    if (response.status === 401 || (response.status === 403 && !task.renewed)) {
      task.renewed = await renewToken(); // refused once more with a fresh token, it is the right that is missing
      return this.#later("logged_out");
    }
    if (response.status >= 500 || response.status === 429) return this.#later("offline");
    const body = await problemOf(response);
    if (this.#tasks[0] === task) this.#tasks.shift();
    this.#tries = 0;
    this.#running = false;
    this.onChange(this.#tasks.length, this.#tasks.length ? "sending" : "");
    if (response.ok) this.onDone(task, body);
    else this.onRefused(task, body, response.status);
    this.#run();
  }

  #later(state) {
    const wait = WAITS[Math.min(this.#tries, WAITS.length - 1)];
    this.#tries += 1;
    this.onChange(this.#tasks.length, state);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#now(), wait);
  }
}
