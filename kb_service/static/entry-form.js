// The form of an entry: fields that depend on a choice, rows that can be added, a live preview, links found by
// search, a draft kept in this browser, and a warning before unsaved changes are left. The form works without it.
const form = document.querySelector("form[data-entry-form]");

// What depends on a choice: data-shown-when="status=in_progress".
const depend = () => {
  for (const part of form.querySelectorAll("[data-shown-when]")) {
    const [name, value] = part.dataset.shownWhen.split("=");
    part.hidden = form.elements[name]?.value !== value;
  }
};

const rows = (event) => {
  const adder = event.target.closest("[data-add-row]");
  const remover = event.target.closest("[data-remove-row]");
  if (adder) {
    const template = document.getElementById(adder.dataset.addRow);
    const list = document.getElementById(adder.dataset.into);
    const row = template.content.firstElementChild.cloneNode(true);
    row.innerHTML = row.innerHTML.replaceAll("__n__", `n${Date.now()}`);
    list.append(row);
    row.querySelector("input, select")?.focus();
  } else if (remover) {
    const row = remover.closest("[data-row]");
    const next = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    (next?.querySelector("input, select") ?? form.querySelector("[data-add-row]")).focus();
    form.dispatchEvent(new Event("input", { bubbles: true }));
  }
};

// A link chosen from the suggestions: the title is shown as a link, the id is sent.
const linked = (event) => {
  const row = event.target.closest("[data-link-row]");
  if (!row) return;
  const link = document.createElement("a");
  link.className = "kb-row__linked";
  link.href = `/knowledge/${event.detail.id}`;
  link.target = "_blank";
  link.rel = "noopener";
  link.textContent = event.detail.label;
  const sent = document.createElement("input");
  sent.type = "hidden";
  sent.name = "link_target";
  sent.value = event.detail.id;
  row.querySelector("kb-combobox").replaceWith(link, sent);
  row.querySelector("select").focus();
};

let previewTimer;
let previewing;

const preview = async () => {
  const area = form.querySelector("[data-preview-of]");
  const shown = document.getElementById("kb-preview");
  if (!area || !shown || shown.closest("details")?.open === false) return;
  previewing?.abort();
  previewing = new AbortController();
  const body = new FormData();
  body.append("csrf", form.elements.csrf.value);
  body.append("body", area.value);
  try {
    const answer = await fetch(shown.dataset.source, { method: "POST", body, signal: previewing.signal });
    if (!answer.ok || answer.redirected) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    shown.replaceChildren(...fresh.body.childNodes);
  } catch {
    // Offline for a moment: the last preview stays, the next key asks again.
  }
};

const later = (event) => {
  if (event.isComposing) return;
  clearTimeout(previewTimer);
  previewTimer = setTimeout(preview, 400);
};

// The draft: every named field but the token, under a key of this person and this entry.
const key = form?.dataset.draftKey;
const opened = form?.dataset.basedOn ?? "";
const taken = () => [...new FormData(form)].filter(([name, value]) => name !== "csrf" && typeof value === "string");
let atStart = "";
let draftTimer;
let sending = false;

const keep = () => {
  clearTimeout(draftTimer);
  draftTimer = setTimeout(() => {
    const now = taken();
    if (JSON.stringify(now) === atStart) return;
    try {
      localStorage.setItem(key, JSON.stringify({ at: Date.now(), basedOn: opened, values: now }));
    } catch {
      // Storage full or refused: the warning before leaving still protects what was typed.
    }
  }, 800);
};

const stored = () => {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
};

const put = (values) => {
  const given = new Map();
  for (const [name, value] of values) given.set(name, [...(given.get(name) ?? []), value]);
  for (const template of form.querySelectorAll("[data-add-row]")) {
    const row = document.getElementById(template.dataset.addRow).content.firstElementChild;
    const name = row.querySelector("[name]").name;
    const missing = (given.get(name)?.length ?? 0) - form.querySelectorAll(`[name="${name}"]`).length;
    for (let number = 0; number < missing; number += 1) template.click();
  }
  const used = new Map();
  for (const element of form.elements) {
    if (!element.name || element.name === "csrf" || element.type === "file" || element.tagName === "BUTTON") continue;
    const list = given.get(element.name) ?? [];
    if (element.type === "radio" || element.type === "checkbox") {
      element.checked = list.includes(element.value);
    } else {
      const number = used.get(element.name) ?? 0;
      used.set(element.name, number + 1);
      if (element.name !== "based_on") element.value = list[number] ?? "";
    }
  }
};

const offer = () => {
  const notice = document.getElementById("kb-draft");
  const draft = stored();
  if (!notice || !draft || JSON.stringify(draft.values) === atStart) return;
  const time = notice.querySelector("time");
  time.textContent = new Date(draft.at).toLocaleString(document.documentElement.lang);
  notice.querySelector("[data-draft-older]").hidden = draft.basedOn === opened;
  notice.hidden = false;
  notice.querySelector("[data-draft-restore]").addEventListener("click", () => {
    put(draft.values);
    notice.hidden = true;
    depend();
    preview();
    form.querySelector("input:not([type=hidden]), textarea").focus();
  });
  notice.querySelector("[data-draft-drop]").addEventListener("click", () => {
    localStorage.removeItem(key);
    notice.hidden = true;
  });
};

if (form) {
  depend();
  atStart = JSON.stringify(taken());
  if (form.dataset.unsaved === undefined) offer();
  else atStart = "";
  form.addEventListener("change", depend);
  form.addEventListener("click", rows);
  form.addEventListener("kb-chosen", linked);
  form.addEventListener("input", (event) => {
    keep();
    if (event.target.matches("[data-preview-of]")) later(event);
  });
  form.addEventListener("compositionend", (event) => {
    if (event.target.matches("[data-preview-of]")) later(event);
  });
  form.addEventListener("change", keep);
  sessionStorage.removeItem("kb-sent");
  form.addEventListener("submit", () => {
    sending = true;
    sessionStorage.setItem("kb-sent", key); // saved.js drops the draft when the entry's page comes
  });
  document.getElementById("kb-preview")?.closest("details")?.addEventListener("toggle", preview);
  addEventListener("beforeunload", (event) => {
    if (!sending && JSON.stringify(taken()) !== atStart) event.preventDefault();
  });
}
