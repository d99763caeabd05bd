// One field in front of a person: its picture, its reading, what can be chosen, and what is typed. The text box
// always has the focus with its value selected, so that an input method may begin at any moment: typing replaces
// the value. No key acts while a composition is open.

const DIGITS = new Set(["number", "money", "date", "postal_code", "phone", "my_number", "corporate_number", "bank_account", "barcode"]);
const MARKS = new Set(["choice", "check_box", "seal"]); // nothing is written there that a reading could stand under
const MODIFIERS = new Set(["Shift", "Control", "Alt", "Meta", "CapsLock", "Process", "Unidentified", "KanaMode", "Convert", "NonConvert", "Zenkaku", "Hankaku", "Eisu"]);
const DOUBTFUL = 0.9; // probability of a character below which it is marked

/** True while an input method takes the keys; 229 covers browsers that end a composition before the key event. */
export const composing = (event) => event.isComposing || event.keyCode === 229;

export const filled = (words, values) => words.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);

/** What can be taken for an item: two entries that differ come first, then the machine's choices. */
export const optionsOf = (item, words) => {
  const own = item.choices.map((each) => ({
    text: each.shown || each.value,
    label: each.shown || each.value || words.blank,
    raw: each.raw || each.shown || each.value,
    characters: each.characters,
    answer: each.number === 1 ? { how: "accepted" } : { how: "chosen", choice: each.number },
  }));
  if (!item.entries.length) return own;
  const entries = item.entries.map((each, at) => ({
    text: each.value,
    label: each.how === "unreadable" ? words.unreadable : each.value || words.blank,
    raw: each.value,
    characters: [],
    note: at ? words.second_entry : words.first_entry,
    answer: each.how === "unreadable" || !each.value ? { how: each.how === "unreadable" ? "unreadable" : "blank" } : { how: "typed", text: each.value, confirmed: true },
  }));
  const known = new Set(entries.map((each) => each.text));
  return [...entries, ...own.filter((each) => !known.has(each.text))];
};

/** Where the ink of a picture begins and ends, as shares of its width, so that characters stand under theirs. */
const inkOf = (picture) => {
  const width = Math.min(400, picture.naturalWidth), height = Math.min(60, picture.naturalHeight);
  if (!width || !height) return [0, 1];
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(picture, 0, 0, width, height);
  const { data } = context.getImageData(0, 0, width, height);
  const dark = (x) => {
    let count = 0;
    for (let y = Math.floor(height * 0.12); y < height * 0.88; y += 1) if (data[(y * width + x) * 4 + 1] < 130) count += 1;
    return count > 1 && count < height * 0.7; // a full column is a line of the form
  };
  const columns = Array.from({ length: width }, (_, x) => x > width * 0.01 && x < width * 0.99 && dark(x));
  const first = columns.indexOf(true), last = columns.lastIndexOf(true);
  return last - first < width * 0.03 ? [0, 1] : [first / width, (last + 1) / width];
};

export class Card {
  /** `act(name, answer)` hears what the person wants; `words` are the page's. */
  constructor(root, words, act) {
    Object.assign(this, { root, words, act, item: null, options: [], touched: false, chosen: 0 });
    this.text = root.querySelector("[data-text]");
    this.choices = root.querySelector("[data-choices]");
    this.glyphs = root.querySelector("[data-glyphs]");
    this.picture = root.querySelector("[data-crop]");
    this.text.addEventListener("input", () => this.#typed());
    this.text.addEventListener("keydown", (event) => this.#pressed(event));
    this.text.addEventListener("compositionstart", () => this.#touch());
    this.choices.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button) this.take(Number(button.dataset.number) - 1);
    });
  }

  part(name) {
    return this.root.querySelector(`[data-${name}]`);
  }

  /** Shows an item. `picture`: a promise of its picture's address; `answer`: what was answered before. */
  show(item, picture, answer = item.answer) {
    Object.assign(this, { item, options: optionsOf(item, this.words), keys: 0, since: performance.now(), ready: false });
    this.root.dataset.item = item.id;
    this.part("label").textContent = item.label;
    this.text.rows = Math.min(3, item.lines || 1);
    const place = this.part("place");
    if (place) place.textContent = filled(this.words.page, { n: item.page });
    const sure = this.part("sure");
    if (sure) sure.textContent = filled(this.words.sure, { n: Math.round(item.confidence * 100) });
    this.#why();
    this.#list();
    this.choose(0);
    if (answer?.how === "typed") {
      this.text.value = answer.text;
      this.#touch();
    }
    this.note(item.questions ?? []);
    this.#picture(item, picture);
  }

  async #picture(item, picture) {
    this.picture.hidden = true;
    const address = await picture;
    if (this.item !== item) return;
    const none = this.part("no-picture");
    if (none) none.hidden = Boolean(address);
    if (!address) {
      this.ready = true;
      return;
    }
    this.picture.src = address;
    try {
      await this.picture.decode();
    } catch {
      /* shown as broken; the page's picture is beside it */
    }
    if (this.item !== item) return;
    this.picture.hidden = false;
    this.ready = true;
    this.since = performance.now();
    this.#align();
  }

  #why() {
    const list = this.part("why");
    if (!list) return;
    const words = [...this.item.flags.map((flag) => this.words.flags[flag] ?? flag), ...this.item.notes];
    list.replaceChildren(...words.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
  }

  #list() {
    const digits = DIGITS.has(this.item.type);
    this.choices.replaceChildren(
      ...this.options.slice(0, 9).map((option, at) => {
        const button = Object.assign(document.createElement("button"), { type: "button", className: "vf-choice", tabIndex: -1 });
        button.dataset.number = at + 1;
        const key = Object.assign(document.createElement("kbd"), { className: "vf-key", textContent: digits ? `Alt+${at + 1}` : at + 1 });
        const label = Object.assign(document.createElement("span"), { className: "vf-choice__text", textContent: option.label });
        button.append(key, label);
        if (option.note) button.append(Object.assign(document.createElement("small"), { textContent: option.note }));
        return button;
      }),
    );
  }

  /** Puts a choice into the box, untouched. */
  choose(at) {
    this.chosen = Math.max(0, Math.min(this.options.length - 1, at));
    this.touched = false;
    this.text.value = this.options[this.chosen]?.text ?? "";
    for (const button of this.choices.children) button.setAttribute("aria-pressed", Number(button.dataset.number) - 1 === this.chosen);
    this.#glyphs();
    this.root.classList.remove("vf-card--typed");
    if (document.activeElement === this.text) this.text.select();
  }

  focus() {
    this.text.focus({ preventScroll: true });
    if (!this.touched) this.text.select();
  }

  /** Decides for a choice. */
  take(at) {
    if (at < this.options.length) this.#answer(this.options[at].answer);
  }

  /** The sentences of the checks under the box. */
  note(sentences) {
    const place = this.part("notes");
    place.replaceChildren(...sentences.map((text) => Object.assign(document.createElement("span"), { textContent: text })));
    place.toggleAttribute("data-warning", Boolean(this.item.questions?.length));
  }

  accept() {
    const text = this.text.value;
    if (!this.touched || text === this.options[this.chosen]?.text) return this.#answer(this.options[this.chosen].answer);
    if (!text.trim()) return this.#answer({ how: "blank" });
    this.#answer({ how: "typed", text, confirmed: this.item.confirmable === text });
  }

  edit() {
    this.#touch();
    this.text.focus();
    this.text.setSelectionRange(this.text.value.length, this.text.value.length);
  }

  #answer(answer) {
    if (!this.ready) return this.note([this.words.wait]);
    const characters = answer.how === "typed" && !answer.confirmed ? [...(answer.text ?? "")].length : 0;
    const milliseconds = Math.round(performance.now() - this.since);
    this.act("answer", { ...answer, keys: this.keys, characters, milliseconds });
  }

  #touch() {
    this.touched = true;
    this.root.classList.add("vf-card--typed");
    for (const button of this.choices.children) button.setAttribute("aria-pressed", "false");
  }

  #typed() {
    this.#touch();
    this.item.questions = [];
    const digits = DIGITS.has(this.item.type) && /^[1-9]$/.test(this.text.value) && this.options.length > 1;
    this.note(digits ? [this.words.digits] : []);
    this.act("typed", this.text.value);
  }

  #pressed(event) {
    if (composing(event)) return;
    const name = this.#command(event);
    if (name || !(event.key.length === 1 && !event.ctrlKey && !event.altKey)) {
      if (!MODIFIERS.has(event.key)) this.keys += 1;
    }
    if (!name) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.repeat && name !== "up" && name !== "down") return; // a key that is held decides once
    this.do(name, event);
  }

  /** The command of a key press, "" when it only edits. */
  #command(event) {
    const { key, ctrlKey, metaKey, altKey, shiftKey } = event;
    if (key === "Enter") return ctrlKey || metaKey ? "bulk" : shiftKey && this.item.lines > 1 ? "" : "accept";
    if (altKey && /^Digit[1-9]$/.test(event.code)) return "number";
    if (ctrlKey || metaKey) return key.toLowerCase() === "z" && !this.touched ? "undo" : "";
    if (altKey) return "";
    const named = { F2: "edit", F4: "blank", F8: "unreadable", F9: "zoom", PageUp: "previous", PageDown: "skip", Escape: "reset" }[key];
    if (named) return named;
    if (this.touched) return "";
    if (key === "ArrowUp") return "up";
    if (key === "ArrowDown") return "down";
    if (key === "Backspace") return "clear";
    if (key === "?" ) return "help";
    if (/^[1-9]$/.test(key) && !DIGITS.has(this.item.type) && Number(key) <= this.options.length) return "number";
    return "";
  }

  do(name, event) {
    if (name === "accept") this.accept();
    else if (name === "number") this.take(Number(event.code.slice(-1) || event.key) - 1);
    else if (name === "blank" || name === "unreadable") this.#answer({ how: name });
    else if (name === "edit") this.edit();
    else if (name === "up" || name === "down") this.choose(this.chosen + (name === "up" ? -1 : 1));
    else if (name === "reset") this.choose(0);
    else if (name === "clear") {
      this.text.value = "";
      this.#typed();
    } else this.act(name);
  }

  /** The reading below the picture, one place for each character, doubtful ones marked. */
  #glyphs() {
    const option = this.options[this.chosen];
    const characters = MARKS.has(this.item.type) ? [] : [...(option?.raw ?? "")];
    const marked = option?.characters.length === characters.length ? option.characters : [];
    this.glyphs?.replaceChildren(
      ...characters.map((character, at) => {
        const place = Object.assign(document.createElement("span"), { className: "vf-glyph", textContent: character });
        if (marked[at] < DOUBTFUL) place.classList.add("vf-glyph--doubtful");
        return place;
      }),
    );
    this.#align();
  }

  #align() {
    if (!this.glyphs || this.picture.hidden || !this.picture.naturalWidth) return;
    const [from, to] = this.item.cells ? [0, 1] : inkOf(this.picture);
    const width = this.picture.clientWidth;
    this.glyphs.style.marginLeft = `${from * width}px`;
    this.glyphs.style.width = `${Math.max((to - from) * width, this.glyphs.children.length * 14)}px`;
    this.glyphs.style.fontSize = `${Math.max(16, Math.min(30, ((to - from) * width) / Math.max(1, this.glyphs.children.length)))}px`;
  }
}
