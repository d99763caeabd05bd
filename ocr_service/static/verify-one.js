// One field at a time.

import { filled } from "./verify-card.js";

const AHEAD = 4; // fields that are fetched before they are needed

export class One {
  constructor(desk, Card) {
    this.desk = desk;
    this.at = 0;
    this.form = desk.part("card");
    this.card = new Card(this.form, desk.words, (name, given) => this.act(name, given));
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.form.addEventListener("click", (event) => this.#clicked(event));
    for (const part of this.form.querySelectorAll("[data-script]")) part.hidden = false;
    this.form.querySelector(".vf-entry__label").classList.add("u-visually-hidden"); // the heading says it
    for (const part of this.form.querySelectorAll("[data-plain], [data-entries-plain]")) part.hidden = true;
    desk.onReturned = (item) => this.#returned(item);
    desk.onChanged = (item) => item === this.item && this.#show();
    addEventListener("keydown", (event) => this.#anywhere(event));
  }

  get item() {
    return this.desk.items[this.at];
  }

  async start() {
    const { desk } = this;
    const { first, limit } = desk.root.dataset;
    await desk.fetch(Number(limit), "");
    const at = desk.items.findIndex((each) => each.id === first);
    if (at > 0) desk.items.unshift(...desk.items.splice(at, 1));
    if (at < 0 && first) await this.#open(first);
    this.#show();
  }

  /** A field that was asked for by its address, open or not. */
  async #open(id) {
    try {
      const answer = await fetch(`${this.desk.fields}/${id}`, { credentials: "same-origin" });
      if (answer.ok) this.desk.items.unshift(await answer.json());
    } catch {
      /* the next open field is shown instead */
    }
  }

  act(name, given) {
    const { desk } = this;
    if (name === "answer") {
      desk.alert("");
      desk.decide(this.item, given);
      this.#go(1);
    } else if (name === "typed") desk.check(this.card);
    else if (name === "skip") this.#skip();
    else if (name === "previous") this.#previous();
    else if (name === "undo") this.#undo();
    else if (name === "zoom") this.#zoom();
    else if (name === "help") {
      const help = document.querySelector("[data-help]");
      help.open = !help.open;
      help.querySelector("summary").focus();
    } else if (name === "bulk") this.card.accept();
  }

  /** To the next open item; fetches more when few are left, and leaves when none is. */
  async #go(step) {
    const { items } = this.desk;
    do this.at += step;
    while (this.item && (this.item.gone || (this.item.sent && step > 0)));
    if (this.at >= items.length) {
      await this.#more();
      while (this.item && (this.item.gone || this.item.sent)) this.at += 1;
    }
    if (this.item) this.#show();
    else this.#finished();
    if (items.length - this.at <= AHEAD) this.#more();
  }

  /** One fetch at a time; what was skipped comes again at the end. */
  #more() {
    this.fetching ??= this.#fetchMore().finally(() => { this.fetching = null; });
    return this.fetching;
  }

  async #fetchMore() {
    const { desk } = this;
    const last = desk.items.at(-1);
    const number = await desk.fetch(Number(desk.root.dataset.limit), last?.id);
    if (number === 0) {
      for (const item of desk.items.filter((each) => each.skipped && !each.sent && desk.items.indexOf(each) < this.at)) {
        desk.items.splice(desk.items.indexOf(item), 1);
        this.at -= 1;
        desk.items.push(Object.assign(item, { skipped: false }));
      }
    }
  }

  async #finished() {
    await this.desk.outbox.settled(this.desk.items.at(-1));
    for (const item of this.desk.items) await this.desk.outbox.settled(item);
    if (this.item) return this.#show(); // something came back meanwhile
    location.assign(this.desk.root.dataset.again);
  }

  #skip() {
    const { desk, item } = this;
    if (!item.sent) {
      item.skipped = true;
      desk.say(filled(desk.words.skipped, { label: item.label }));
    }
    this.#go(1);
  }

  #previous() {
    let at = this.at - 1;
    while (at >= 0 && this.desk.items[at].gone) at -= 1;
    if (at < 0) return;
    this.at = at;
    this.#show();
  }

  async #undo() {
    const item = await this.desk.undo();
    if (!item) return;
    this.at = this.desk.items.indexOf(item);
    this.#show();
  }

  /** A decision was refused: the field is the next one. */
  #returned(item) {
    const { items } = this.desk;
    if (item.gone) return;
    const from = items.indexOf(item);
    if (from === this.at) return this.#show();
    items.splice(from, 1);
    if (from < this.at) this.at -= 1;
    const busy = this.item && this.card.touched;
    items.splice(this.at + (busy ? 1 : 0), 0, item);
    if (!busy) this.#show();
  }

  #zoom() {
    const on = this.form.classList.toggle("vf-card--zoomed");
    this.form.querySelector("[data-do=zoom]").setAttribute("aria-pressed", on);
    requestAnimationFrame(() => this.card.choose(this.card.chosen));
  }

  #show() {
    const { desk, item } = this;
    if (!item) return;
    this.card.show(item, desk.pictures.get(item.crop));
    this.card.focus();
    desk.sheet(item);
    const state = this.form.querySelector("[data-state]");
    state.hidden = !item.sent && item.state !== "passed";
    state.textContent = item.sent ? desk.words.decided : desk.words.passed;
    const history = this.form.querySelector("[data-history]");
    if (history) history.href = `${desk.root.dataset.historyBase}/${item.id}`;
    const label = this.form.querySelector(".vf-entry__label").firstChild;
    label.textContent = item.label;
    this.card.picture.alt = item.label;
    const text = this.card.options[0]?.label ?? "";
    desk.say([filled(desk.words.announce, { label: item.label, text }), ...item.notes].join(" "));
    desk.pictures.keep(desk.items.slice(Math.max(0, this.at - 3), this.at + 20).flatMap((each) => [each.crop, each.preview]));
  }

  #clicked(event) {
    const button = event.target.closest("[data-do]");
    if (!button) return;
    event.preventDefault();
    this.card.do(button.dataset.do, event);
    if (button.dataset.do !== "undo") this.card.text.focus({ preventScroll: true });
  }

  /** Keys work wherever the focus is, but in controls of their own. */
  #anywhere(event) {
    if (event.defaultPrevented || event.target.closest("input, textarea, select, button, a, summary")) return;
    if (["Enter", "F2", "F4", "F8", "F9", "PageUp", "PageDown"].includes(event.key)) {
      event.preventDefault();
      this.card.focus();
    }
  }
}
