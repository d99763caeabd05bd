// The verification page: the next fields are fetched ahead with their pictures, decisions leave in the background.

import { Card, filled } from "./verify-card.js";
import { Many } from "./verify-many.js";
import { One } from "./verify-one.js";
import { Outbox, Pictures, post, problemOf } from "./verify-server.js";

const RENEW = 60_000; // milliseconds; a reservation holds for five minutes
const AWAY = 600_000; // without a key for so long, fields are left to others
const CHECK_AFTER = 250; // milliseconds after the last character

/** What both ways of working share: the server, the page's picture, the bar at the bottom, the messages. */
class Desk {
  constructor(root) {
    this.root = root;
    this.fields = root.dataset.fields; // addresses: of single fields, and of the person's work
    this.work = root.dataset.work;
    this.words = JSON.parse(root.querySelector("[data-words]").textContent);
    this.pictures = new Pictures();
    this.items = [];
    this.decided = []; // ids in the order of deciding, for undo
    this.times = [];
    this.worked = performance.now();
    this.remaining = { open: 0, others: 0, done: 0 };
    this.outbox = new Outbox({
      onChange: (count, state) => this.#saved(count, state),
      onDone: (task, answer) => this.#done(task, answer),
      onRefused: (task, problem, status) => this.#refused(task, problem, status),
    });
  }

  part(name) {
    return this.root.querySelector(`[data-${name}]`);
  }

  wish(more = {}) {
    const { page, name, every } = this.root.dataset;
    return { every: Boolean(every), name, ...(page ? { page } : {}), ...more };
  }

  /** Fetches the next fields that are not here yet; how many came. */
  async fetch(limit, after) {
    let response;
    try {
      response = await post(`${this.work}/next`, this.wish({ limit, ...(after ? { after } : {}) }));
    } catch {
      return -1;
    }
    if (!response.ok) {
      this.alert((await problemOf(response)).detail);
      return -1;
    }
    const answer = await response.json();
    this.remaining = answer.remaining;
    this.seconds ||= answer.pace.seconds;
    const known = new Set(this.items.map((each) => each.id));
    const pending = this.items.filter((each) => each.stage === "sending").length; // the server does not know of them
    this.remaining.open = Math.max(0, this.remaining.open - pending);
    this.remaining.done += pending;
    this.#bar();
    const fresh = answer.items.filter((each) => !known.has(each.id));
    this.items.push(...fresh);
    for (const each of fresh.slice(0, 12)) {
      this.pictures.get(each.crop);
      this.pictures.get(each.preview);
    }
    return fresh.length;
  }

  /** Sends a decision. A field that was decided before is given back first. */
  decide(item, answer) {
    const before = item.sent; // it is decided anew
    const again = before && !this.outbox.withdraw(item);
    const { how, choice = 0, text = "", confirmed = false, keys, characters, milliseconds } = answer;
    const spent = { keys: keys + (item.keys ?? 0), characters: characters + (item.characters ?? 0), milliseconds };
    Object.assign(item, { answer, sent: true, stage: "sending", questions: [] });
    if (again) this.outbox.add(item, `${this.work}/undo`, () => ({ field: item.id }));
    this.outbox.add(item, `${this.fields}/${item.id}/decision`, () => ({
      version: item.version,
      how,
      choice,
      text,
      confirmed,
      ...spent,
    }));
    this.decided = [...this.decided.filter((id) => id !== item.id), item.id];
    this.times.push(Math.min(milliseconds, 120_000));
    if (!before) {
      this.remaining.open = Math.max(0, this.remaining.open - 1);
      this.remaining.done += 1;
    }
    this.#bar();
  }

  /** The last decision taken back; the item that is open again, or null. */
  async undo() {
    const id = this.decided.pop();
    const item = this.items.find((each) => each.id === id);
    if (item && this.outbox.withdraw(item)) return this.#reopened(item, item);
    if (item) await this.outbox.settled(item);
    if (item && !item.sent) return this.#reopened(item, item);
    let response;
    try {
      response = await post(`${this.work}/undo`, id ? { field: id } : {});
    } catch {
      if (id) this.decided.push(id);
      this.alert(filled(this.words.undo_failed, { text: "" }));
      return null;
    }
    const answer = await problemOf(response);
    if (!response.ok) {
      this.alert(filled(this.words.undo_failed, { text: answer.detail }));
      return null;
    }
    const known = item ?? this.items.find((each) => each.id === answer.id);
    if (!known) this.items.push(answer);
    return this.#reopened(known ?? answer, answer);
  }

  #reopened(item, fresh) {
    const { answer } = item;
    Object.assign(item, fresh, { sent: false, stage: "", answer });
    this.remaining.open += 1;
    this.remaining.done = Math.max(0, this.remaining.done - 1);
    this.#bar();
    this.say(filled(this.words.undone, { label: item.label }));
    return item;
  }

  /** What the checks say about a text that is being typed. */
  check(card) {
    clearTimeout(this.checking);
    const { item } = card, text = card.text.value;
    if (!text.trim()) return;
    this.checking = setTimeout(async () => {
      try {
        const response = await post(`${this.fields}/${item.id}/check`, { text });
        if (!response.ok || card.item !== item || card.text.value !== text) return;
        const { value, shown, notes } = await response.json();
        const becomes = value !== text ? [filled(this.words.becomes, { text: shown || value })] : [];
        item.questions = notes;
        card.note(notes.length ? [...notes, this.words.confirm] : becomes);
        item.confirmable = notes.length ? text : null;
      } catch {
        /* the decision itself will be checked */
      }
    }, CHECK_AFTER);
  }

  /** Gives fields back that will not be decided now. */
  release(items, options = {}) {
    const fields = items.map((each) => each.id);
    if (fields.length) post(`${this.work}/release`, { fields }, options).catch(() => {});
  }

  keepReservations() {
    setInterval(() => {
      if (performance.now() - this.worked < AWAY) post(`${this.work}/renew`, {}).catch(() => {});
    }, RENEW);
    addEventListener("pagehide", () => this.release(this.items.filter((each) => !each.sent), { keepalive: true }));
    this.root.addEventListener("keydown", () => { this.worked = performance.now(); }, true);
  }

  /** The page at the side with the item's field framed. */
  async sheet(item) {
    const sheet = this.part("sheet");
    if (!sheet || !item) return;
    sheet.setAttribute("viewBox", `0 0 ${item.preview_size[0]} ${item.preview_size[1]}`);
    this.part("sheet-frame").setAttribute("points", item.quad.map((point) => point.join(",")).join(" "));
    const address = await this.pictures.get(item.preview);
    const image = this.part("sheet-image");
    if (!address || image.getAttribute("href") === address) return;
    image.setAttribute("href", address);
    image.setAttribute("width", item.preview_size[0]);
    image.setAttribute("height", item.preview_size[1]);
  }

  say(text) {
    this.part("said").textContent = text;
  }

  alert(text) {
    const place = this.part("alert");
    place.textContent = text;
    place.hidden = !text;
  }

  #done(task, answer) {
    if (!task.address.endsWith("/decision")) {
      task.item.version = answer.version;
      return;
    }
    Object.assign(task.item, { version: answer.version, state: answer.state, stage: "saved" });
    this.onStage?.(task.item);
    for (const id of answer.changed) this.#reload(id);
  }

  /** Another field of the page is read differently now (a date whose era was decided). */
  async #reload(id) {
    const item = this.items.find((each) => each.id === id && !each.sent);
    if (!item) return;
    try {
      const response = await fetch(`${this.fields}/${id}`, { credentials: "same-origin" });
      if (response.ok && !item.sent) Object.assign(item, await response.json());
      if (!item.sent) this.onChanged?.(item);
    } catch {
      /* the version tells when it is decided */
    }
  }

  /** A decision that was not taken: the field comes back with what was entered. */
  async #refused(task, problem, status) {
    const { item } = task;
    const text = problem.errors?.length ? problem.errors.map((each) => each.detail).join(" ") : problem.detail;
    const questionable = status === 422 && String(problem.type).endsWith("questionable-value");
    this.decided = this.decided.filter((id) => id !== item.id);
    Object.assign(item, { sent: false, stage: "", keys: task.sending.keys, characters: task.sending.characters });
    this.remaining.open += 1;
    this.remaining.done = Math.max(0, this.remaining.done - 1);
    if (questionable) {
      item.confirmable = item.answer.text;
      item.questions = [...problem.errors.map((each) => each.detail), this.words.confirm];
    } else {
      this.alert(filled(this.words.returned, { label: item.label, text }));
      const fresh = await post(`${this.fields}/${item.id}/take`, {}).catch(() => null);
      if (!fresh?.ok) item.gone = true; // somebody else has it, or decided it
      else Object.assign(item, await fresh.json());
    }
    this.#bar();
    this.onReturned?.(item);
  }

  #saved(count, state) {
    const place = this.part("saved");
    place.dataset.tone = state;
    place.textContent = filled(state ? this.words[state] : this.decided.length ? this.words.sent : "", { n: count });
    if (state === "offline" || state === "logged_out") this.alert(place.textContent);
    else if (this.troubled) this.alert("");
    this.troubled = state === "offline" || state === "logged_out";
  }

  #bar() {
    const { open, others, done } = this.remaining;
    const bar = this.part("progress");
    Object.assign(bar, { max: open + others + done || 1, value: done });
    const times = this.times.slice(-30).sort((a, b) => a - b);
    const seconds = times.length > 4 ? times[times.length >> 1] / 1000 : this.seconds;
    const minutes = seconds ? Math.max(1, Math.round((seconds * open) / 60)) : 0;
    const show = (name, words, n, visible) => {
      const place = this.part(name);
      place.textContent = filled(words, { n: n.toLocaleString("ja-JP") });
      place.hidden = !visible;
    };
    show("left", this.words.left, open, true);
    show("others", this.words.others, others, others);
    show("pace", this.words.pace, seconds ? Math.round(3600 / seconds) : 0, seconds);
    show("time", this.words.time, minutes, minutes && open);
  }
}

const root = document.querySelector("[data-verify]");
for (const control of document.querySelectorAll("[data-go]")) control.addEventListener("change", () => control.form.requestSubmit());
for (const button of document.querySelectorAll("[data-hide]")) button.hidden = true;
if (root) {
  const desk = new Desk(root);
  const way = root.dataset.mode === "one" ? new One(desk, Card) : new Many(desk, Card);
  desk.keepReservations();
  way.start();
  root.scrollIntoView({ block: "start" }); // all of the work fits into a small window
}
