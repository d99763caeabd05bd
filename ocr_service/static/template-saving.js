// Saves the draft by itself a moment after the last change, tells how it went, and keeps what could not be saved in
// this browser.

import { send } from "./requests.js";

const WAIT_MS = 1200;
const AGAIN_MS = 10_000;

export class Saving {
  constructor(editor, draft, revision) {
    this.editor = editor;
    this.draft = draft;
    this.revision = revision;
    this.problems = [];
    this.key = `fm-draft:${editor.dataset.base}`;
    this.words = editor.querySelector("[data-state-words]");
    this.saved = JSON.stringify(draft.content);
    draft.addEventListener("change", () => this.plan(WAIT_MS));
    window.addEventListener("beforeunload", (event) => {
      if (this.unsaved) event.preventDefault();
    });
    editor.querySelector("[data-take-theirs]").addEventListener("click", () => {
      this.forget();
      this.saved = JSON.stringify(draft.content); // nothing is held back any more
      window.location.reload();
    });
    editor.querySelector("[data-keep-mine]").addEventListener("click", () => this.overwrite());
    this.offerLeftOver();
  }

  get unsaved() {
    return JSON.stringify(this.draft.content) !== this.saved;
  }

  plan(milliseconds) {
    clearTimeout(this.timer);
    if (!this.unsaved) {
      this.say("saved");
      return;
    }
    this.keep();
    if (this.conflict) return;
    this.say(this.problems.length ? "wrong" : "waiting");
    this.timer = setTimeout(() => this.save(), milliseconds);
  }

  async save() {
    if (this.busy) {
      this.plan(WAIT_MS);
      return;
    }
    this.busy = true;
    const content = JSON.stringify(this.draft.content);
    this.say("saving");
    const answer = await send(`${this.editor.dataset.base}/draft`, {
      method: "PUT",
      body: content,
      headers: { "Content-Type": "application/json", "If-Match": `"${this.revision}"` },
    }).catch(() => null);
    const told = await answer?.json().catch(() => null);
    this.busy = false;
    if (answer?.ok && told) {
      this.revision = told.revision;
      this.saved = content;
      this.tell([]);
      this.forget();
      if (this.unsaved) this.plan(WAIT_MS);
      else this.say("saved");
    } else if (answer?.status === 412) this.clash();
    else if (answer?.status === 422 && told?.errors) {
      this.tell(told.errors);
      this.say("wrong");
    } else {
      this.say("offline");
      this.timer = setTimeout(() => this.save(), AGAIN_MS);
    }
  }

  tell(problems) {
    const same = JSON.stringify(problems) === JSON.stringify(this.problems);
    this.problems = problems;
    if (!same) this.editor.dispatchEvent(new Event("problems"));
  }

  clash() {
    this.conflict = true;
    this.say("conflict");
    this.editor.querySelector(".c-notice[data-conflict]").hidden = false;
  }

  async overwrite() {
    const answer = await fetch(`${this.editor.dataset.base}/draft`, { method: "GET" }).catch(() => null);
    if (!answer?.ok) return;
    this.revision = Number(answer.headers.get("ETag").replaceAll('"', ""));
    this.conflict = false;
    this.editor.querySelector(".c-notice[data-conflict]").hidden = true;
    await this.save();
  }

  say(state) {
    this.words.textContent = this.words.dataset[state];
    this.words.dataset.tone = ["wrong", "offline", "conflict"].includes(state) ? "bad" : "";
    this.words.dataset.now = state;
  }

  // What could not be saved

  keep() {
    try {
      localStorage.setItem(this.key, JSON.stringify(this.draft.content));
    } catch {
      // a full or forbidden store: the page still holds it
    }
  }

  forget() {
    try {
      localStorage.removeItem(this.key);
    } catch {
      // there was nothing to forget
    }
  }

  offerLeftOver() {
    let left = null;
    try {
      left = localStorage.getItem(this.key);
    } catch {
      return;
    }
    if (!left || left === this.saved) return;
    const notice = this.editor.querySelector("[data-left-over]");
    notice.hidden = false;
    notice.querySelector("[data-restore]").addEventListener("click", () => {
      notice.hidden = true;
      this.draft.change("", () => {
        this.draft.content = JSON.parse(left);
      });
    });
    notice.querySelector("[data-forget]").addEventListener("click", () => {
      notice.hidden = true;
      this.forget();
    });
  }
}
