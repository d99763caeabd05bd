// Many fields at once: one page, or one field over all pages, as a grid to look over quickly.

import { filled } from "./verify-card.js";

const FINAL = new Set(["decided", "unreadable"]);

export class Many {
  constructor(desk, Card) {
    Object.assign(this, { desk, Card, cards: new Map() });
    this.grid = desk.part("grid");
    this.grid.hidden = false;
    desk.part("card").hidden = true;
    this.bulk = desk.part("bulk");
    this.bulk.addEventListener("click", () => this.#acceptAll());
    desk.onReturned = (item) => this.#reshow(item);
    desk.onChanged = (item) => this.#reshow(item);
    desk.onStage = (item) => this.#mark(item);
  }

  async start() {
    await this.#load();
    const [first] = this.#open();
    if (first) this.#focus(first);
  }

  async #load() {
    const { desk } = this;
    const { limit, mode } = desk.root.dataset;
    if (!mode || (await desk.fetch(Number(limit), "")) < 0) return;
    const small = document.querySelector("[data-small]").content;
    for (const item of desk.items) {
      if (this.cards.has(item.id)) continue;
      const root = small.firstElementChild.cloneNode(true);
      this.grid.append(root);
      const card = new this.Card(root, desk.words, (name, given) => this.#act(card, name, given));
      root.addEventListener("focusin", () => desk.sheet(card.item));
      root.addEventListener("focusin", (event) => event.target === card.text && !card.touched && card.text.select());
      card.text.setAttribute("aria-label", `${item.label} ${filled(desk.words.page, { n: item.page })}`);
      root.addEventListener("click", (event) => {
        const button = event.target.closest("[data-do]");
        if (button) card.do(button.dataset.do, event);
      });
      if (FINAL.has(item.state)) item.sent = true;
      this.cards.set(item.id, card);
      card.show(item, desk.pictures.get(item.crop));
      if (item.sent || item.state === "passed") this.#settled(card, item);
    }
    this.#count();
  }

  #settled(card, item) {
    if (item.value !== null && item.value !== undefined) card.text.value = item.choices.find((each) => each.value === item.value)?.shown ?? item.value;
    this.#mark(item);
  }

  #open() {
    return this.desk.items.filter((each) => !each.sent && !each.gone && each.state !== "passed");
  }

  #act(card, name, given) {
    const { desk } = this;
    const { item } = card;
    if (name === "answer") {
      desk.alert("");
      desk.decide(item, given);
      this.#mark(item);
      this.#next(item);
    } else if (name === "typed") desk.check(card);
    else if (name === "skip") this.#next(item, false);
    else if (name === "previous") this.#step(item, -1);
    else if (name === "undo") this.#undo();
    else if (name === "bulk") this.#acceptAll();
    else if (name === "zoom") this.grid.classList.toggle("vf-grid--zoomed");
  }

  /** To the next open card, from the beginning again at the end; to the next lot when none is left. */
  #next(item, finish = true) {
    const open = this.#open();
    this.#count();
    if (!open.length) return finish ? this.#finished() : undefined;
    const { items } = this.desk;
    const at = items.indexOf(item);
    this.#focus(open.find((each) => items.indexOf(each) > at) ?? open[0]);
  }

  #step(item, by) {
    const { items } = this.desk;
    const target = items[items.indexOf(item) + by];
    if (target) this.#focus(target);
  }

  #focus(item) {
    const card = this.cards.get(item.id);
    card.focus();
    card.root.scrollIntoView({ block: "nearest" });
  }

  #acceptAll() {
    const open = this.#open().filter((each) => !each.entries.length && this.cards.get(each.id).ready);
    for (const item of open) this.cards.get(item.id).accept();
  }

  async #finished() {
    for (const item of this.desk.items) await this.desk.outbox.settled(item);
    if (this.#open().length) return this.#focus(this.#open()[0]);
    location.assign(this.desk.root.dataset.again);
  }

  async #undo() {
    const item = await this.desk.undo();
    if (!item) return;
    if (this.cards.has(item.id)) this.#reshow(item);
    else location.reload();
  }

  #reshow(item) {
    const card = this.cards.get(item.id);
    if (!card) return;
    card.show(item, this.desk.pictures.get(item.crop));
    this.#mark(item);
    this.#count();
    if (!item.gone) this.#focus(item);
  }

  #mark(item) {
    const root = this.cards.get(item.id)?.root;
    if (!root) return;
    const { words } = this.desk;
    const passed = !item.sent && item.state === "passed";
    root.dataset.stage = item.gone ? "gone" : item.sent ? "done" : passed ? "passed" : "";
    const state = root.querySelector("[data-state]");
    state.hidden = !item.sent && !passed;
    state.textContent = passed ? words.passed : words.decided;
  }

  #count() {
    const open = this.#open().length;
    this.bulk.hidden = open < 2;
    this.bulk.querySelector("[data-bulk-text]").textContent = filled(this.desk.words.bulk, { n: open });
  }
}
